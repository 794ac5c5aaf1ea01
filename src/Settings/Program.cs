using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Components.WebAssembly.Hosting;
using MudBlazor;
using MudBlazor.Services;
using Settings;
using Settings.Shell;

var builder = WebAssemblyHostBuilder.CreateDefault(args);
builder.RootComponents.Add<App>("#app");
builder.RootComponents.Add<HeadOutlet>("head::after");
builder.Services.AddMudServices(options =>
{
    options.SnackbarConfiguration.PositionClass = Defaults.Classes.Position.BottomCenter;
    options.SnackbarConfiguration.VisibleStateDuration = 4_000;
    options.SnackbarConfiguration.MaxDisplayedSnackbars = 3;
});
builder.Services.AddSingleton<Core>().AddSingleton<Visit>().AddSingleton<LiveLog>().AddSingleton<Browser>();
await builder.Build().RunAsync();
