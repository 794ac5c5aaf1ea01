using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EndToEnd.Harness;
using Provisioning.V1;

namespace EndToEnd;

/// <summary>
/// What identity providers send, played from data files against every setup. A new quirk is a new file.
/// </summary>
public sealed partial class TranscriptTests
{
    private static readonly string Folder = Path.Combine(RunningProgram.Root, "tests", "Transcripts");

    public static IEnumerable<TheoryDataRow<string, Setup>> Stories() =>
        from file in Directory.EnumerateFiles(Folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        from setup in Enum.GetValues<Setup>()
        select new TheoryDataRow<string, Setup>(Path.GetRelativePath(Folder, file), setup) { Skip = Servers.WhyNot(setup) };

    [Theory, MemberData(nameof(Stories))]
    public async Task the_story_goes_as_written(string file, Setup setup)
    {
        var story = (JsonObject)JsonNode.Parse(
            await File.ReadAllTextAsync(Path.Combine(Folder, file), TestContext.Current.CancellationToken))!;
        var tenant = await setup.TenantAsync(
            story["features"]?["scim"]?.GetValue<bool>() ?? true, story["features"]?["templates"]?.GetValue<bool>() ?? true);
        var saved = await PrepareAsync(story, tenant, setup);
        foreach (var (index, step) in ((JsonArray)story["steps"]!).Index())
        {
            var answer = await PlayAsync(tenant, (JsonObject)step!, saved);
            var problem = Judge((JsonObject)step!, answer, saved);
            Assert.True(problem is null,
                $"{file}, step {index + 1} ({step!["name"] ?? step["method"]}): {problem}\nIt got {(int)answer.Status} {answer.Text}");
            foreach (var (name, path) in step["save"] as JsonObject ?? [])
            {
                saved[name] = Find(answer.Json, path!.GetValue<string>())!.ToString();
            }
        }
    }

    /// <summary>Makes what the story finds there, and gives what its steps may name.</summary>
    private static async Task<Dictionary<string, string>> PrepareAsync(JsonObject story, Tenant tenant, Setup setup)
    {
        var saved = new Dictionary<string, string> { ["token"] = tenant.Token, ["base"] = new Uri(tenant.Service.Scim, "/v2").ToString() };
        foreach (var template in story["templates"] as JsonArray ?? [])
        {
            await tenant.NewTemplateAsync(template!.GetValue<string>());
        }

        foreach (var (name, saveAs) in story["groupsByHand"] as JsonObject ?? [])
        {
            saved[saveAs!.GetValue<string>()] =
                (await tenant.Operated.Groups.CreateTeammateGroupAsync(new() { TeammateGroup = new() { DisplayName = name } })).Id;
        }

        if (story["takeover"]?.GetValue<string>() == "refuse")
        {
            await tenant.TakeoverAsync(GroupTakeover.Refuse);
        }

        if (story["strict"]?.GetValue<bool>() == true)
        {
            await tenant.BeStrictAsync();
        }

        if (story["elsewhere"]?.GetValue<string>() is { } elsewhere)
        {
            saved[elsewhere] = (await (await setup.TenantAsync()).NewTeammateAsync()).Id;
        }

        return saved;
    }

    private static Task<Answer> PlayAsync(Tenant tenant, JsonObject step, Dictionary<string, string> saved)
    {
        var headers = (step["headers"] as JsonObject ?? []).ToDictionary(
            entry => entry.Key, entry => Fill(entry.Value!.GetValue<string>(), saved));
        var body = step["text"]?.GetValue<string>() ?? (step.ContainsKey("body") ? FillJson(step["body"], saved) : null);
        var authorization = step["authorization"]?.GetValue<string>() is { } given ? Fill(given, saved) : "Bearer " + tenant.Token;
        var url = new Uri(tenant.Service.Scim, "/v2" + Fill(step["path"]!.GetValue<string>(), saved));
        return Tenant.SendAsync(url, step["method"]!.GetValue<string>(), body, authorization, "application/scim+json", headers);
    }

    private static string? Judge(JsonObject step, Answer answer, Dictionary<string, string> saved)
    {
        if (answer.Status != (HttpStatusCode)step["status"]!.GetValue<int>())
        {
            return $"expected {step["status"]}.";
        }

        foreach (var (name, value) in step["expectHeaders"] as JsonObject ?? [])
        {
            if (answer.Header(name) != Fill(value!.GetValue<string>(), saved))
            {
                return $"the header {name} is {answer.Header(name)}, not {Fill(value.GetValue<string>(), saved)}.";
            }
        }

        if (answer.Status is not (HttpStatusCode.NoContent or HttpStatusCode.NotModified) && answer.ContentType != "application/scim+json")
        {
            if (step["contentType"]?.GetValue<string>() != answer.ContentType)
            {
                return $"the content type is {answer.ContentType}.";
            }
        }

        if (answer.Text.Length > 0 && (int)answer.Status >= 400
            && (answer["status"] != ((int)answer.Status).ToString(CultureInfo.InvariantCulture) || answer["detail"] is not { Length: > 0 }))
        {
            return "it is not a SCIM error body.";
        }

        if (step["detail"]?.GetValue<string>() is { } said && Fill(said, saved) is var detail
            && !answer["detail"]!.Contains(detail, StringComparison.OrdinalIgnoreCase))
        {
            return $"the detail does not say \"{detail}\".";
        }

        if ((step["absent"] as JsonArray)?.FirstOrDefault(name => answer.Json.ContainsKey(name!.GetValue<string>())) is { } present)
        {
            return $"{present} must not be there.";
        }

        if (step["location"] is not null
            && (answer.Headers.Location is null
                || answer.Headers.Location.ToString() != answer.Json["meta"]!["location"]!.GetValue<string>()))
        {
            return "the Location header is not meta.location.";
        }

        return step["expect"] is { } expected ? Compare("", JsonNode.Parse(FillJson(expected, saved)), answer.Json) : null;
    }

    /// <summary>What differs between expectation and reply; null when nothing does.</summary>
    private static string? Compare(string at, JsonNode? expected, JsonNode? actual)
    {
        switch (expected)
        {
            case JsonObject item:
                return actual is JsonObject other
                    ? item.Select(entry => Compare($"{at}.{entry.Key}", entry.Value, other[entry.Key]))
                        .FirstOrDefault(problem => problem is not null)
                    : $"{at} is no object.";
            case JsonArray list:
                return actual is JsonArray others && others.Count == list.Count
                    ? list.Index().Select(each => Compare($"{at}[{each.Index}]", each.Item, others[each.Index]))
                        .FirstOrDefault(problem => problem is not null)
                    : $"{at} is not a list of {list.Count}.";
            case JsonValue value when value.GetValueKind() == JsonValueKind.String
                && Kinds.TryGetValue(value.GetValue<string>(), out var fits):
                return fits(actual) ? null : $"{at} is {actual?.ToJsonString() ?? "absent"}, not {value.GetValue<string>()}.";
            default:
                return expected?.ToJsonString() == actual?.ToJsonString()
                    ? null
                    : $"{at} is {actual?.ToJsonString() ?? "absent"}, not {expected?.ToJsonString() ?? "null"}.";
        }
    }

    private static readonly Dictionary<string, Func<JsonNode?, bool>> Kinds = new()
    {
        ["{text}"] = node => node?.GetValueKind() == JsonValueKind.String && node.GetValue<string>().Length > 0,
        ["{number}"] = node => node?.GetValueKind() == JsonValueKind.Number,
        ["{any}"] = node => node is not null,
    };

    private static JsonNode? Find(JsonNode node, string path) =>
        path.Split('.').Aggregate(
            (JsonNode?)node, (each, step) => int.TryParse(step, out var index) && each is JsonArray list ? list[index] : each![step]);

    private static string Fill(string text, Dictionary<string, string> saved) =>
        Placeholder().Replace(text, match => saved.GetValueOrDefault(match.Groups[1].Value, match.Value));

    /// <summary>Fills texts inside JSON, where quotes are escaped.</summary>
    private static string FillJson(JsonNode? node, Dictionary<string, string> saved) =>
        Fill(node?.ToJsonString() ?? "null",
            saved.ToDictionary(entry => entry.Key, entry => JsonEncodedText.Encode(entry.Value).ToString()));

    [GeneratedRegex(@"\{([a-zA-Z][a-zA-Z0-9]*)\}")]
    private static partial Regex Placeholder();
}
