using EndToEnd.Harness;
using Provisioning.V1;
using Reason = Provisioning.V1.TemplateAssignment.Types.Reason;

namespace EndToEnd;

public sealed class TemplateTests
{
    [Theory, Everywhere]
    public async Task the_primary_role_decides_then_the_order_received_in_any_letter_case(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        await tenant.NewTemplateAsync("Support agent");
        var lead = await tenant.NewTemplateAsync(
            "Team lead", new() { Locale = "pl-PL", TimeZone = "Europe/Warsaw", Signature = "Pozdrawiam" });

        var ada = await tenant.NewTeammateAsync("ada@x", roles: """["nothing", "support AGENT", {"value":"TEAM LEAD","primary":true}]""");

        Assert.Equal(lead.Id, ada.TemplateAssignment.TemplateId);
        Assert.Equal((Reason.RoleIsTemplateName, "TEAM LEAD", 1),
            (ada.TemplateAssignment.Reason, ada.TemplateAssignment.MatchedRole, ada.TemplateAssignment.TemplateVersion));
        Assert.Equal("Pozdrawiam", ada.Grant.Signature);
        Assert.Equal(("pl-PL", "Europe/Warsaw"), (ada.EffectiveLocale, ada.EffectiveTimeZone));
        Assert.Equal("", ada.Profile.Locale);
        var bob = await tenant.NewTeammateAsync("bob@x", roles: """["nothing", "support AGENT", "Team lead"]""");
        Assert.Equal("Support agent", bob.TemplateAssignment.TemplateName);
    }

    [Theory, Everywhere]
    public async Task a_template_is_found_by_id_and_whole_texts_before_their_parts(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var both = await tenant.NewTemplateAsync("Sales, EMEA");
        var sales = await tenant.NewTemplateAsync("Sales");

        Assert.Equal(sales.Id, (await tenant.NewTeammateAsync("a@x", roles: $"""["{sales.Id}"]""")).TemplateAssignment.TemplateId);
        Assert.Equal(both.Id, (await tenant.NewTeammateAsync("b@x", roles: """["Sales, EMEA"]""")).TemplateAssignment.TemplateId);
        Assert.Equal(sales.Id, (await tenant.NewTeammateAsync("c@x", roles: """["Other,sales"]""")).TemplateAssignment.TemplateId);
    }

    [Theory, Everywhere]
    public async Task roles_that_match_nothing_create_the_teammate_with_a_warning(Setup setup)
    {
        var tenant = await setup.TenantAsync();

        var ada = await tenant.NewTeammateAsync(roles: """["Astronaut"]""");

        Assert.Null(ada.TemplateAssignment);
        Assert.Equal(Warning.Types.Code.NoTemplateMatched, Assert.Single(ada.Warnings).Code);
        Assert.Equal(Warning.Types.Code.NoTemplateMatched, Assert.Single((await tenant.LogAsync(ada.Id))[0].Warnings).Code);
    }

    [Theory, Everywhere]
    public async Task without_the_templates_feature_the_teammate_comes_without_one(Setup setup)
    {
        var tenant = await setup.TenantAsync(templates: false);
        var template = await tenant.NewTemplateAsync("Support agent");

        var ada = await tenant.NewTeammateAsync(roles: """["Support agent"]""");

        Assert.Null(ada.TemplateAssignment);
        Assert.Equal(Warning.Types.Code.TemplatesNotEnabled, Assert.Single(ada.Warnings).Code);
        await Expect.RefusedAsync(ErrorReason.FeatureNotEnabled,
            async () => await tenant.Person.Teammates.AssignTemplateAsync(new() { Id = ada.Id, TemplateId = template.Id }));
    }

    [Theory, Everywhere]
    public async Task editing_a_template_moves_nobody_until_it_is_assigned(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var template = await tenant.NewTemplateAsync("Support agent", new() { Signature = "one" });
        var ada = await tenant.NewTeammateAsync(roles: """["Support agent"]""");

        var edited = await tenant.Person.Templates.UpdateTeammateTemplateAsync(new()
        {
            TeammateTemplate = new() { Id = template.Id, Contents = new() { Signature = "two" } },
        });
        Assert.Equal((2, 1), (edited.Version, edited.TeammateCount));
        Assert.Equal(
            "one", (await tenant.Person.Templates.GetTeammateTemplateAsync(new() { Id = template.Id, Version = 1 })).Contents.Signature);
        Assert.Equal("one", (await tenant.Provider.Teammates.GetTeammateAsync(new() { Id = ada.Id })).Grant.Signature);

        var assigned = await tenant.Person.Teammates.AssignTemplateAsync(new() { Id = ada.Id, TemplateId = template.Id });
        Assert.Equal(("two", Reason.ByHand, 2),
            (assigned.Grant.Signature, assigned.TemplateAssignment.Reason, assigned.TemplateAssignment.TemplateVersion));
    }

    [Theory, Everywhere]
    public async Task roles_that_change_later_keep_the_template_and_say_so(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        await tenant.NewTemplateAsync("Support agent");
        await tenant.NewTemplateAsync("Team lead");
        var ada = await tenant.NewTeammateAsync(roles: """["Support agent"]""");

        await tenant.ScimAsync("PUT", $"/Users/{ada.Id}", """{"userName":"ada@corp.example","roles":["Team lead"]}""");

        var after = await tenant.Provider.Teammates.GetTeammateAsync(new() { Id = ada.Id });
        Assert.Equal("Support agent", after.TemplateAssignment.TemplateName);
        Assert.Equal(Warning.Types.Code.TemplateKept, Assert.Single((await tenant.LogAsync(ada.Id))[0].Warnings).Code);
    }

    [Theory, Everywhere]
    public async Task a_name_alone_is_a_template_and_is_unique_in_any_letter_case(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        await tenant.Person.Templates.CreateTeammateTemplateAsync(new() { TeammateTemplate = new() { Name = "Straße" } });

        await Expect.RefusedAsync(ErrorReason.TemplateNameTaken,
            async () => await tenant.Person.Templates.CreateTeammateTemplateAsync(new() { TeammateTemplate = new() { Name = "STRAßE" } }));
        await Expect.RefusedAsync(ErrorReason.InvalidField,
            async () => await tenant.Person.Templates.CreateTeammateTemplateAsync(new() { TeammateTemplate = new() { Name = " " } }));
        await Expect.RefusedAsync(ErrorReason.InvalidField,
            async () => await tenant.Person.Templates.CreateTeammateTemplateAsync(
                new() { TeammateTemplate = new() { Name = "x", Contents = new() { TeammateGroupIds = { "grp_none" } } } }));
    }
}
