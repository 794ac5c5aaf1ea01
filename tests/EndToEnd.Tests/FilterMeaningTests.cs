using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using EndToEnd.Harness;
using Provisioning.Filtering;
using Provisioning.Schemas;
using Provisioning.V1;

namespace EndToEnd;

/// <summary>
/// Any filter finds in either engine what its meaning in memory says, and any order gives what sorting in memory gives.
/// Values are few and awkward, so that they meet: mixed letter case, empty, beyond ASCII and beyond the basic plane.
/// </summary>
public sealed class FilterMeaningTests
{
    private static readonly string[] Texts =
        ["ada", "ADA", "Ada B", "", " ", "straße", "STRASSE", "İstanbul", "i", "ﬀ", "zoë", "zoe\u0308", "𝒵ed", "𝓏", "a\"b\\c", "50%_",
            "ab'c", "\u007f", "ẞ", "ǆ"];

    private static readonly Gen<string> Text = Gen.Int[0, Texts.Length - 1].Select(index => Texts[index]);

    [Theory, Everywhere(OnlyEngines = true)]
    [Proves("filter-sql-equals-memory")]
    public async Task any_filter_on_users_means_in_sql_what_it_means_in_memory(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        await PeopleAsync(tenant);
        var all = await tenant.Provider.ListTeammatesAsync().ToListAsync();
        var documents = all.ToDictionary(each => each.Id, SearchDocument.Of);

        await FiltersOn(ResourceType.User,
            [.. all.Take(3).Select(each => each.Id), .. all.SelectMany(each => each.Groups).Take(2).Select(group => group.GroupId)])
            .SampleAsync(filter => AgreesAsync(
                filter, ResourceType.User, documents, () => tenant.Provider.ListTeammatesAsync(filter.ToString()).Select(each => each.Id)),
                    iter: 1_500, threads: 4, print: Print);
    }

    [Theory, Everywhere(OnlyEngines = true)]
    [Proves("filter-sql-equals-memory")]
    public async Task any_filter_on_groups_means_in_sql_what_it_means_in_memory(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        var people = await PeopleAsync(tenant);
        var documents = new Dictionary<string, JsonObject>();
        await foreach (var group in tenant.Provider.ListGroupsAsync())
        {
            documents[group.Id] = SearchDocument.Of(group, await tenant.Provider.ListGroupMembersAsync(group.Id).ToListAsync());
        }

        await FiltersOn(ResourceType.Group, [.. people.Take(4), .. documents.Keys.Take(2)])
            .SampleAsync(filter => AgreesAsync(
                filter, ResourceType.Group, documents, () => tenant.Provider.ListGroupsAsync(filter.ToString()).Select(each => each.Id)),
                    iter: 600, threads: 4, print: Print);
    }

    [Theory, Everywhere(OnlyEngines = true)]
    [Proves("sort-equals-memory")]
    public async Task any_order_gives_page_by_page_what_sorting_in_memory_gives(Setup setup)
    {
        var tenant = await setup.TenantAsync();
        await PeopleAsync(tenant);
        var documents = (await tenant.Provider.ListTeammatesAsync().ToListAsync()).ToDictionary(each => each.Id, SearchDocument.Of);

        foreach (var path in Paths(ResourceType.User)
            .Where(path => ResourceType.User.Resolve(path) is { Leaf.Type: not AttributeType.Complex }))
        {
            foreach (var descending in (bool[])[false, true])
            {
                var expected = Sorted(documents, ResourceType.User.Resolve(path)!, descending);
                var (actual, token) = (new List<string>(), "");
                do
                {
                    var page = await tenant.Provider.Teammates.ListTeammatesAsync(
                        new() { PageSize = 7, PageToken = token, OrderBy = new OrderBy(path, descending).ToString() });
                    actual.AddRange(page.Teammates.Select(each => each.Id));
                    token = page.NextPageToken;
                }
                while (token.Length > 0);

                Assert.True(expected.SequenceEqual(actual),
                    $"{path} {(descending ? "descending" : "ascending")}:\n" + string.Join('\n', expected.Zip(actual).Select(pair =>
                        $"{documents[pair.First].ToJsonString()} | {documents[pair.Second].ToJsonString()}")));
            }
        }
    }

    /// <summary>Forty teammates and eight groups, the same on every engine.</summary>
    private static async Task<List<string>> PeopleAsync(Tenant tenant)
    {
        var random = new Random(7);
        string Any() => Texts[random.Next(Texts.Length)];
        bool Rarely() => random.Next(3) == 0;
        MultiValue[] Many() => [.. Enumerable.Range(0, random.Next(3)).Select(_ => Value())];
        MultiValue Value()
        {
            var value = new MultiValue { Value = Any(), Type = Rarely() ? "work" : Any(), Display = Rarely() ? Any() : "" };
            if (Rarely())
            {
                value.Primary = random.Next(2) == 0;
            }

            return value;
        }

        var ids = new List<string>();
        for (var index = 0; index < 40; index++)
        {
            var profile = new Profile
            {
                UserName = $"{Any()}{index}",
                DisplayName = Any(),
                Title = Any(),
                NickName = Rarely() ? Any() : "",
                ProfileUrl = Any(),
                Name = Rarely() ? null : new() { FamilyName = Any(), GivenName = Any() },
                Enterprise = Rarely() ? new()
                {
                    Department = Any(),
                    EmployeeNumber = Any(),
                    Manager = Rarely() ? new() { Value = Any() }
                    : null
                } : null,
            };
            profile.Emails.AddRange(Primaries(Many()));
            profile.PhoneNumbers.AddRange(Primaries(Many()));
            if (Rarely())
            {
                profile.Roles.AddRange(Primaries(Many()));
            }

            var made = await tenant.Provider.Teammates.CreateTeammateAsync(new()
            {
                Teammate = new() { Profile = profile, ExternalId = Any() },
                InitialState = Rarely() ? Teammate.Types.State.Blocked : Teammate.Types.State.Active,
            });
            ids.Add(made.Id);
        }

        for (var index = 0; index < 8; index++)
        {
            await tenant.Provider.Groups.CreateTeammateGroupAsync(new()
            {
                TeammateGroup = new() { DisplayName = $"{Any()}{index}", ExternalId = Any() },
                MemberIds = { ids.Where(_ => random.Next(8) == 0) },
            });
        }

        return ids;
    }

    /// <summary>One primary value at most, as profiles must have.</summary>
    private static IEnumerable<MultiValue> Primaries(MultiValue[] values)
    {
        foreach (var other in values.Where(value => value.Primary).Skip(1))
        {
            other.Primary = false;
        }

        return values;
    }

    private static async Task AgreesAsync(
        Filter filter, ResourceType type, Dictionary<string, JsonObject> documents, Func<IAsyncEnumerable<string>> ask)
    {
        BoundFilter bound;
        try
        {
            bound = FilterBinder.Bind(filter, type);
        }
        catch (FilterFormatException)
        {
            await Expect.RefusedAsync(ErrorReason.InvalidFilter, async () => await ask().ToListAsync());
            return;
        }

        var expected = documents.Where(entry => FilterPredicate.Matches(bound, entry.Value)).Select(entry => entry.Key)
            .Order(StringComparer.Ordinal);
        Assert.Equal(expected, (await ask().ToListAsync()).Order(StringComparer.Ordinal));
    }

    /// <summary>Filters on every attribute that can be searched by, most of them well-formed.</summary>
    private static Gen<Filter> FiltersOn(ResourceType type, string[] ids)
    {
        var paths = Paths(type).ToArray();
        var lists = type.Core.Attributes.Where(each => each is { MultiValued: true, Searchable: true }).ToArray();
        var literals = Gen.Frequency(
            (12, Text.Select(Literal.Of)),
            (2, Gen.Int[0, ids.Length - 1].Select(index => Literal.Of(ids[index]))),
            (3, Gen.Bool.Select(Literal.Of)),
            (1, Gen.Const(Literal.Of("2026-01-01T00:00:00Z"))),
            (1, Gen.Const(Literal.Of("2100-01-01T00:00:00+02:00"))),
            (1, Gen.Const(Literal.Null)));
        Gen<Filter> Comparisons(string[] among) =>
            from name in Gen.Int[0, among.Length - 1]
            from operation in Gen.Enum<ComparisonOperator>()
            from literal in literals
            select (Filter)new Filter.Comparison(among[name], operation, operation == ComparisonOperator.Pr ? Literal.Null : literal);

        var values =
            from list in Gen.Int[0, lists.Length - 1]
            from inner in Trees(Comparisons([.. SubPaths(lists[list])]), null)
            select (Filter)new Filter.OneOf(lists[list].Name, inner);
        return Trees(Comparisons(paths), values);
    }

    private static Gen<Filter> Trees(
        Gen<Filter> leaves, Gen<Filter>? values) => Gen.Recursive<Filter>((depth, inner) => depth > 2 ? leaves : Gen.Frequency(
        (5, leaves),
        (2, values ?? leaves),
        (1, inner.List[2, 3].Select(all => (Filter)new Filter.All(all))),
        (1, inner.List[2, 3].Select(any => (Filter)new Filter.Any(any))),
        (1, inner.Select(one => (Filter)new Filter.Not(one)))));

    private static IEnumerable<string> Paths(ResourceType type) =>
        from schema in (ResourceSchema?[])[null, .. type.Schemas]
        from attribute in schema?.Attributes ?? ResourceType.Common
        where attribute.Searchable
        from sub in (string[])["", .. attribute.SubAttributes.Where(each => each.Searchable).Select(each => each.Name)]
        select (schema is null || schema == type.Core ? "" : schema.Id + ":") + attribute.Name + (sub.Length > 0 ? "." + sub : "");

    private static IEnumerable<string> SubPaths(SchemaAttribute list) =>
        (list.SubAttributes.Count == 0 ? ["value"] : list.SubAttributes.Where(each => each.Searchable).Select(each => each.Name));

    private static List<string> Sorted(Dictionary<string, JsonObject> documents, SearchTarget target, bool descending)
    {
        var keyed = documents.Select(entry => (Id: entry.Key, Key: KeyOf(target, entry.Value))).OrderBy(each => each.Key is null);
        var sorted = descending
            ? documents.Select(entry => (Id: entry.Key, Key: KeyOf(target, entry.Value))).OrderByDescending(each => each.Key is null)
                .ThenByDescending(each => each.Key, Bytes)
            : keyed.ThenBy(each => each.Key, Bytes);
        return [.. sorted.ThenBy(each => each.Id, StringComparer.Ordinal).Select(each => each.Id)];
    }

    private static readonly Comparer<string?> Bytes =
        Comparer<string?>.Create((one, other) => Encoding.UTF8.GetBytes(one ?? "").AsSpan()
            .SequenceCompareTo(Encoding.UTF8.GetBytes(other ?? "")));

    private static string? KeyOf(SearchTarget target, JsonObject document)
    {
        var holder = target.Schema.Length == 0 ? document : document[SearchDocument.NameOf(target.Schema)] as JsonObject;
        var node = holder?[SearchDocument.NameOf(target.Attribute.Name)];
        if (node is JsonArray list)
        {
            node = list.FirstOrDefault(each => each!["primary"]?.GetValue<bool>() == true) ?? list.FirstOrDefault();
        }

        return (target.Part is null ? node : (node as JsonObject)?[SearchDocument.NameOf(target.Part.Name)])?.ToString();
    }

    private static string Print(Filter filter) => filter.ToString();
}
