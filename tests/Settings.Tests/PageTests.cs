using System.Reflection;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using Settings.Shell;

namespace Settings.Tests;

/// <summary>What a tab that stays open for long must not gather.</summary>
public sealed class PageTests
{
    private const int Visits = 10;

    public static IEnumerable<TheoryDataRow<Type>> Pages() =>
        typeof(PageBase).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(PageBase)) && !type.IsAbstract && type.IsDefined(typeof(RouteAttribute)))
            .Select(type => new TheoryDataRow<Type>(type));

    [Theory, MemberData(nameof(Pages))]
    public async Task a_page_listens_once_while_it_is_shown_and_not_at_all_after_ten_visits(Type page)
    {
        await using var tab = new BunitContext();
        tab.JSInterop.Mode = JSRuntimeMode.Loose;
        tab.Services.AddMudServices();
        tab.Services.AddScoped<Core>().AddScoped<Visit>().AddScoped<LiveLog>();
        var live = tab.Services.GetRequiredService<LiveLog>();

        for (var visit = 0; visit < Visits; visit++)
        {
            tab.Render(builder =>
            {
                builder.OpenComponent(0, page);
                builder.CloseComponent();
            });
            Assert.Equal(1, live.ListenerCount);
            await tab.DisposeComponentsAsync();
        }

        Assert.Equal(0, live.ListenerCount);
    }
}
