using System.Globalization;
using System.Text.Json.Nodes;
using Provisioning.Schemas;

namespace EndToEnd.Metamorphic;

/// <summary>
/// Makes requests at random: names in every written form and letter case, values in every shape that providers send, noise, and names that
/// mean nothing.
/// </summary>
public sealed class RequestMaker(Random random)
{
    private const string PatchOp = "urn:ietf:params:scim:api:messages:2.0:PatchOp", Acme = "urn:acme:params:2.0:User";

    private static readonly string Enterprise = UserSchemas.Enterprise.Id;

    private static readonly string[] Texts =
        ["displayName", "nickName", "title", "userType", "locale", "timezone", "preferredLanguage", "profileUrl"],
        NameParts = ["givenName", "familyName", "formatted", "middleName"],
            Lists = ["emails", "phoneNumbers", "ims", "photos", "entitlements", "roles"],
        EnterpriseTexts = ["employeeNumber", "costCenter", "organization", "division", "department"];

    private int _number;

    /// <summary>A body for a new user, or one that replaces a user.</summary>
    public Request User(string method, int target, string userName)
    {
        var request = new Request { Method = method, Kind = "Users", Target = target, Body = [] };
        Put(request, "", "userName", userName, user => TextAt(user, "userName") == userName);
        foreach (var each in Some([.. Texts.Select(name => (Action)(() => PutText(request, "", name))),
            .. Lists.Select(name => (Action)(() => PutList(request, name))),
            .. EnterpriseTexts.Select(name => (Action)(() => PutText(request, Enterprise, name))), () => PutName(request), () =>
                PutActive(request), () => PutManager(request),
            () => PutExternalId(request), () => PutUnknown(request), () => PutExtension(request), () => PutNoise(request)]))
        {
            each();
        }

        if (random.Next(8) == 0)
        {
            PutTwice(request);
        }

        if (random.Next(5) == 0)
        {
            PutNonsense(request);
        }

        return request;
    }

    /// <summary>A PATCH of a user. No two operations are about the same attribute.</summary>
    public Request UserPatch(int target)
    {
        var operations = new JsonArray();
        var request = new Request
        {
            Method = "PATCH",
            Kind = "Users",
            Target = target,
            Body =
            new() { ["schemas"] = new JsonArray(PatchOp), ["Operations"] = operations }
        };
        var pathless = new Request { Method = "", Kind = "Users", Target = target, Body = [] };
        foreach (var each in Some([.. Texts.Select(name => (Action<Request>)(body => PutText(body, "", name))),
            .. Lists.Select(name => (Action<Request>)(body => PutList(body, name))),
            .. EnterpriseTexts.Select(name => (Action<Request>)(body => PutText(body, Enterprise, name))), PutName, PutActive, PutManager,
                PutExternalId, PutUnknown, PutExtension, PutNoise]))
        {
            var one = new Request { Method = "", Kind = "Users", Target = target, Body = [] };
            var isPathless = random.Next(3) == 0;
            each(isPathless ? pathless : one);
            if (isPathless)
            {
                continue;
            }

            foreach (var (key, value) in one.Body)
            {
                operations.Add((JsonNode)new JsonObject
                {
                    ["op"] = Cased(random.Next(2) == 0 ? "add" : "replace"),
                    ["path"] =
                    key,
                    ["value"] = value?.DeepClone()
                });
            }

            request.Written.AddRange(one.Written);
        }

        if (random.Next(8) == 0)
        {
            PutTwice(pathless, operations.ToJsonString());
            request.Nonsense = pathless.Nonsense;
        }

        if (pathless.Body.Count > 0 || operations.Count == 0)
        {
            JsonNode value = random.Next(4) == 0 ? new JsonArray(pathless.Body) : pathless.Body;
            operations.Insert(
                random.Next(operations.Count + 1), new JsonObject { ["op"] = random.Next(2) == 0 ? "add" : "Replace", ["value"] = value });
            request.Written.AddRange(pathless.Written);
        }

        // Readable back or not, what a PATCH adds to a list stays beside what was there.
        if (random.Next(4) == 0)
        {
            Remove(request, operations);
        }

        if (random.Next(5) == 0)
        {
            var nonsense = Nonsense();
            operations.Insert(random.Next(operations.Count + 1),
                new JsonObject { ["op"] = "replace", ["path"] = nonsense, ["value"] = random.Next(2) == 0 ? "x" : false });
            request.Nonsense = nonsense;
        }

        return request;
    }

    /// <summary>A body for a new group, or one that replaces a group.</summary>
    public Request Group(string method, int target, string displayName, IReadOnlyList<string> users)
    {
        var request = new Request { Method = method, Kind = "Groups", Target = target, Body = [] };
        PutForm(request.Body, ResourceType.Group, "", "displayName", displayName);
        request.Written.Add(new("displayName", group => TextAt(group, "displayName") == displayName));
        if (random.Next(3) > 0)
        {
            var members = Some(users);
            var entries = new JsonArray([.. members.Select(id => Member(id))]);
            if (SpoilMembers(entries) is { } spoilt)
            {
                request.Nonsense = spoilt;
            }

            PutForm(request.Body, ResourceType.Group, "", "members", entries);
            request.Written.Add(new("members", group => Members(group).SetEquals(members)));
        }

        if (random.Next(3) == 0)
        {
            var name = $"note{random.Next(1000).ToString(CultureInfo.InvariantCulture)}";
            request.Body[name] = "x";
            request.PassedOver.Add($"Group.{name}");
        }

        if (random.Next(6) == 0)
        {
            request.Nonsense = Choose("Group.nothing", "User.displayName", $"{GroupSchemas.GroupSchema}.nothing",
                $"{UserSchemas.User.Id}:displayName", "urn:acme:x:y");
            request.Body[request.Nonsense] = "x";
        }

        return request;
    }

    /// <summary>A PATCH of a group's members.</summary>
    public Request GroupPatch(int target, IReadOnlyList<string> users)
    {
        var request = new Request { Method = "PATCH", Kind = "Groups", Target = target, Body = [] };
        var (members, verb) = (Some(users), Choose("add", "replace", "remove"));
        var entries = new JsonArray([.. members.Select(id => Member(id))]);
        request.Nonsense = verb == "remove" ? SpoilEntry(entries) : SpoilMembers(entries);
        var operation = new JsonObject { ["op"] = Cased(verb) };
        if (verb != "remove" && random.Next(3) == 0)
        {
            var value = new JsonObject();
            PutForm(value, ResourceType.Group, "", "members", entries);
            operation["value"] = value;
        }
        else
        {
            operation["path"] = Form(ResourceType.Group, "", "members");
            operation["value"] = random.Next(5) == 0 ? new JsonObject { ["members"] = entries } : entries;
        }

        request.Body["schemas"] = new JsonArray(PatchOp);
        request.Body["Operations"] = new JsonArray(operation);
        request.Written.Add(new($"{verb} members", verb switch
        {
            "add" => group => Members(group).IsSupersetOf(members),
            "replace" => group => Members(group).SetEquals(members),
            _ => group => !Members(group).Overlaps(members),
        }));
        return request;
    }

    /// <summary>Several requests in one bulk request, each on another resource.</summary>
    public static JsonObject Bulk(IEnumerable<(Request Request, string Path)> requests) => new()
    {
        ["schemas"] = new JsonArray("urn:ietf:params:scim:api:messages:2.0:BulkRequest"),
        ["Operations"] = new JsonArray(
            [.. requests.Select(each => (JsonNode)new JsonObject { ["method"] = each.Request.Method, ["path"] = each.Path, ["data"] =
                each.Request.Body.DeepClone() })]),
    };

    /// <summary>Some of several, each at most once.</summary>
    public List<T> Some<T>(IReadOnlyList<T> all) => [.. all.OrderBy(_ => random.Next()).Take(random.Next(Math.Min(all.Count, 6) + 1))];

    private void PutText(Request request, string schema, string name)
    {
        var text = Word();
        Put(request, schema, name, random.Next(6) == 0 ? new JsonArray(text) : text, user => TextAt(In(user, schema), name) == text);
    }

    private void PutExternalId(Request request)
    {
        var text = Word();
        Put(request, "", "externalId", text, user => TextAt(user, "externalId") == text);
    }

    /// <summary>In POST and PUT as a whole or part by part; as a path alike.</summary>
    private void PutName(Request request)
    {
        if (random.Next(2) == 0)
        {
            var (given, family) = (Word(), Word());
            Put(request, "", "name", new JsonObject { [Cased("givenName")] = given, ["familyName"] = family },
                user => TextAt(user["name"] as JsonObject, "givenName") == given
                    && TextAt(user["name"] as JsonObject, "familyName") == family);
            return;
        }

        foreach (var part in NameParts.Where(_ => random.Next(2) == 0))
        {
            var text = Word();
            Put(request, "", $"name.{part}", text, user => TextAt(user["name"] as JsonObject, part) == text);
        }
    }

    private void PutList(Request request, string name)
    {
        string[] values = [Word(), Word()];
        var list = new JsonArray(
            new JsonObject { [Cased("value")] = values[0], ["type"] = "work" }, new JsonObject { ["value"] = values[1] });
        if (random.Next(4) == 0)
        {
            list.Insert(random.Next(list.Count + 1),
                Choose(() => null, () => new JsonObject(), () => new JsonObject { ["value"] = null }, () => (JsonNode)""));
        }

        Put(request, "", name, list,
            user => values.All(value => (user[name] as JsonArray ?? []).OfType<JsonObject>().Any(item => TextAt(item, "value") == value)));
    }

    private void PutManager(Request request)
    {
        var manager = Word();
        var form = random.Next(3);
        Put(request, Enterprise, form == 0 ? "manager.value" : "manager", form == 1 ? new JsonObject { ["value"] = manager } : manager,
            user => In(user, Enterprise)?["manager"] is JsonObject read && TextAt(read, "value") == manager && read.Count == 1);
    }

    private void PutActive(Request request)
    {
        var active = random.Next(2) == 0;
        Put(request, "", "active", Choose(
            () => active, () => JsonValue.Create(Cased(active ? "true" : "false")), () => new JsonArray(active), () =>
                new JsonArray(active ? "True" : "False")),
            user => user["active"]!.GetValue<bool>() == active);
    }

    private void PutUnknown(Request request)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"custom{++_number}x{random.Next(10_000)}");
        var value = Choose(() => 43, () => "x", () => new JsonObject { ["a"] = 1 }, () => new JsonArray(1, "b"), () => (JsonNode)false);
        if (random.Next(2) == 0)
        {
            request.Body[random.Next(2) == 0 ? name : $"{UserSchemas.User.Id}:{name}"] = value;
            request.Written.Add(new(name, user => JsonNode.DeepEquals(user[name], value)));
        }
        else
        {
            request.Body[$"{Enterprise}:{name}"] = value;
            request.Written.Add(new(name, user => JsonNode.DeepEquals(In(user, Enterprise)?[name], value)));
        }
    }

    private void PutExtension(Request request)
    {
        var (name, number) = ($"{Acme}{(++_number).ToString(CultureInfo.InvariantCulture)}", random.Next(100));
        request.Body[name] = new JsonObject { ["badge"] = number };
        request.Written.Add(new(name, user => (user[name] as JsonObject)?["badge"]?.GetValue<int>() == number));
    }

    /// <summary>What says nothing, or what only the service sets: it is on the list of what is passed over.</summary>
    private void PutNoise(Request request)
    {
        var key = Choose("password", "nothing", "groups", "id", "meta");
        if (request.Method.Length == 0 && key is not "nothing")
        {
            key = "password";
        }

        request.Body[key == "nothing" ? Cased("ims") + "_" : Cased(key)] =
            key switch { "groups" => new JsonArray(), "meta" => new JsonObject { ["resourceType"] = "User" }, "nothing" => null, _ => "x" };
    }

    private void PutNonsense(Request request)
    {
        request.Nonsense = Nonsense();
        request.Body[request.Nonsense] = random.Next(2) == 0 ? "x" : false;
    }

    /// <summary>
    /// One attribute in two forms. A PATCH may do so if both say the same; all else must be refused, since the keys of an object have no
    /// order.
    /// </summary>
    private void PutTwice(Request request, string elsewhere = "")
    {
        var (schema, name, value, other) = Choose<(string, string, JsonNode, JsonNode)>(
            ("", "active", false, true), ("", "active", true, "False"), ("", "title", "x", "y"), ("", "name.givenName", "x", "y"),
                (Enterprise, "department", "x", "y"));
        if ((request.Body.ToJsonString() + elsewhere).Contains(name.Split('.')[^1], StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        var forms = AttributeNames.FormsOf(ResourceType.User, schema, name).OrderBy(_ => random.Next()).Take(2).ToList();
        var agree = request.Method.Length == 0 && random.Next(3) == 0;
        request.Body[forms[0]] = value;
        if (name == "name.givenName" && random.Next(2) == 0)
        {
            request.Body["name"] = new JsonObject { [Cased("givenName")] = agree ? value.DeepClone() : other };
        }
        else
        {
            request.Body[Cased(forms[1])] = agree ? value.DeepClone() : other;
        }

        if (agree)
        {
            request.Written.Add(new(name, user => name == "name.givenName" ? TextAt(user["name"] as JsonObject, "givenName") == "x"
                : JsonNode.DeepEquals(In(user, schema)?[name], value)));
        }
        else
        {
            request.Nonsense = $"{name} in two forms that differ";
        }
    }

    private string Nonsense() =>
        Choose("User.nothing", "Group.displayName", $"{UserSchemas.User.Id}.nothing", $"{Enterprise}.nothing",
            $"{GroupSchemas.GroupSchema}:displayName", "urn:acme:x:active",
        "userName.foo", "Usr.active", $"{Enterprise}:active", "EnterpriseUser.nothing", "urn:scim:schemas:core:1.0:nothing",
            $"{UserSchemas.User.Id}s:active");

    /// <summary>Removes an attribute that nothing else in the request touches.</summary>
    private void Remove(Request request, JsonArray operations)
    {
        var name = Choose("emails", "title", "roles");
        if (request.Body.ToJsonString().Contains(name, StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        operations.Add((JsonNode)new JsonObject { ["op"] = Cased("remove"), ["path"] = Form(ResourceType.User, "", name) });
        request.Written.Add(new($"removed {name}", user => user[name] is null));
    }

    private string? SpoilMembers(JsonArray entries)
    {
        if (random.Next(5) > 0)
        {
            return SpoilEntry(entries);
        }

        entries.Add((JsonNode)Member("tea_nobody"));
        return "tea_nobody";
    }

    private string? SpoilEntry(JsonArray entries)
    {
        if (random.Next(5) > 0)
        {
            return null;
        }

        entries.Insert(random.Next(entries.Count + 1),
            Choose(() => null, () => new JsonObject(), () => new JsonObject { ["value"] = null }, () => (JsonNode)""));
        return "an entry that says nothing";
    }

    private static JsonObject Member(string id) => new() { ["value"] = id };

    private void Put(Request request, string schema, string name, JsonNode value, Func<JsonObject, bool> holds)
    {
        PutForm(request.Body, ResourceType.User, schema, name, value);
        request.Written.Add(new($"{schema}:{name} = {value.ToJsonString()}", holds));
    }

    private void PutForm(JsonObject body, ResourceType type, string schema, string name, JsonNode value)
    {
        // Nested under its schema's URN, where that key is not taken in other letters yet.
        var urn = schema.Length > 0 ? schema : type.Core.Id;
        if (random.Next(4) == 0 && !body.ToJsonString().Contains($"\"{urn}\":", StringComparison.OrdinalIgnoreCase))
        {
            body[Cased(urn)] = new JsonObject { [Cased(name)] = value };
        }
        else
        {
            body[Form(type, schema, name)] = value;
        }
    }

    private string Form(ResourceType type, string schema, string name)
    {
        var forms = AttributeNames.FormsOf(type, schema, name).ToList();
        return Cased(forms[random.Next(3) == 0 ? 0 : random.Next(forms.Count)]);
    }

    private string Cased(string text) => random.Next(4) switch
    {
        0 => text.ToUpperInvariant(),
        1 => string.Concat(text.Select(letter => random.Next(2) == 0 ? char.ToUpperInvariant(letter) : char.ToLowerInvariant(letter))),
        _ => text,
    };

    private string Word() => $"{Choose("Ada", "Żółć", "x y", "ß", "😀")}{random.Next(100_000).ToString(CultureInfo.InvariantCulture)}";

    private T Choose<T>(params T[] all) => all[random.Next(all.Length)];

    private JsonNode Choose(params Func<JsonNode?>[] all) => all[random.Next(all.Length)]()!;

    private static JsonObject? In(JsonObject user, string schema) => schema.Length == 0 ? user : user[schema] as JsonObject;

    private static string? TextAt(JsonObject? item, string name) => (item?[name] as JsonValue)?.ToString();

    private static HashSet<string> Members(JsonObject group) =>
        [.. (group["members"] as JsonArray ?? []).Select(member => member!["value"]!.GetValue<string>())];
}
