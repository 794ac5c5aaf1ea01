using System.Globalization;
using System.Text;

namespace Bench;

/// <summary>A SCIM server under load.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Url">Its base, without /v2.</param>
/// <param name="Token">The bearer token.</param>
/// <param name="Count">How many users it holds.</param>
/// <param name="IdOf">The id of the user of a number, from 1.</param>
internal sealed record Target(string Name, Uri Url, string Token, int Count, Func<int, string> IdOf)
{
    /// <summary>The groups that the group scenario moves members of.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>What every reading request asks for beside, such as "excludedAttributes=groups".</summary>
    public string Shown { get; init; } = "";

    /// <summary>A path to read, with what is asked for beside.</summary>
    public string Read(string path) => Shown.Length == 0 ? path : path + (path.Contains('?', StringComparison.Ordinal) ? '&' : '?') + Shown;

    /// <summary>The user names that were seeded.</summary>
    public static string UserNameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"user{number:d7}@corp.example");
}

/// <summary>
/// Something that providers do. An operation sends its requests and says what was wrong with an answer, null for nothing: every
/// status is checked, and of every 64th operation the body.
/// </summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Begin">Makes a worker's operation.</param>
internal sealed record Scenario(string Name, Func<Target, int, Func<Connection, string?>> Begin)
{
    /// <summary>How many things an operation counts for in the table.</summary>
    public int Weight { get; init; } = 1;

    private static int s_run;

    public static readonly Scenario Get = new("GET by id", (target, worker) =>
    {
        var (random, number) = (new Random(worker), 0L);
        return connection =>
        {
            var user = random.Next(target.Count) + 1;
            return Check(
                connection, connection.Send("GET", target.Read("/v2/Users/" + target.IdOf(user))), 200, number++, Target.UserNameOf(user));
        };
    });

    public static readonly Scenario LookUp = new("look-up by user name", (target, worker) =>
    {
        var (random, number) = (new Random(worker), 0L);
        return connection =>
        {
            var name = Target.UserNameOf(random.Next(target.Count) + 1);
            return Check(connection, connection.Send("GET", target.Read(NameFilter(name))), 200, number++, name);
        };
    });

    public static readonly Scenario CreateFlow = new("Okta's create flow", (target, worker) =>
    {
        var (run, number) = (Interlocked.Increment(ref s_run), 0L);
        return connection =>
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"new{run}x{worker}x{number}.{Environment.ProcessId}@corp.example");
            return Check(connection, connection.Send("GET", NameFilter(name)), 200, number, "\"totalResults\":0")
                ?? Check(connection, connection.Send("POST", "/v2/Users", Profiles.Of(name, "New")), 201, number, name)
                ?? Check(connection, connection.Send("GET", "/v2/Users/" + IdIn(connection.Body)), 200, number++, name);
        };
    });

    /// <summary>Each worker has people of its own, and blocks and unblocks one after another.</summary>
    public static readonly Scenario Block = new("block or unblock", (target, worker) =>
    {
        var number = 0L;
        var own = target.Count / 16;
        return connection =>
        {
            var id = target.IdOf((worker * own) + (int)(number / 2 % own) + 1);
            var active = number % 2 == 1 ? "true" : "false";
            return Check(connection, connection.Send("PATCH", "/v2/Users/" + id,
                $$$"""
                {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace",
                 "value":{"active":{{{active}}}}}]}
                """), 200, number++, "user0");
        };
    });

    public static readonly Scenario Put = new("PUT of a whole profile", (target, worker) =>
    {
        var (number, own, run) = (0L, target.Count / 16, Interlocked.Increment(ref s_run));
        return connection =>
        {
            var user = ((worker + 8) * own) + (int)(number % own) + 1;
            return Check(connection, connection.Send("PUT", "/v2/Users/" + target.IdOf(user),
                Profiles.Of(Target.UserNameOf(user), string.Create(CultureInfo.InvariantCulture, $"Title {run} {number}"))), 200, number++,
                    "Title");
        };
    });

    public static readonly Scenario PageByIndex = new("page of 100 at any startIndex", (target, worker) =>
    {
        var (random, number) = (new Random(worker), 0L);
        return connection => Check(connection, connection.Send("GET",
            target.Read(string.Create(CultureInfo.InvariantCulture,
                $"/v2/Users?startIndex={random.Next(target.Count - 100) + 1}&count=100"))), 200, number++, "user0");
    });

    public static readonly Scenario FirstPage = new("first page of 100", (target, _) =>
        connection => Check(connection, connection.Send("GET", target.Read("/v2/Users?startIndex=1&count=100")), 200, 0, "userName"));

    public static readonly Scenario LastPage = new("deepest page of 100", (target, _) =>
        connection => Check(connection,
            connection.Send("GET", target.Read(
                string.Create(CultureInfo.InvariantCulture, $"/v2/Users?startIndex={target.Count - 100}&count=100"))), 200, 0, "user0"));

    /// <summary>Each worker walks on its own, from the beginning again when it comes to the end.</summary>
    public static readonly Scenario PageByCursor = new("page of 100 by cursor", (target, worker) =>
    {
        var (cursor, number) = ("", 0L);
        return connection =>
        {
            var wrong = Check(connection, connection.Send("GET", target.Read($"/v2/Users?cursor={Uri.EscapeDataString(cursor)}&count=100")),
                200, number++, "userName");
            cursor = TextAfter(connection.Body, "\"nextCursor\":\""u8) ?? "";
            return wrong;
        };
    });

    /// <summary>The floor's page: after a random key.</summary>
    public static readonly Scenario PageByKey = new("page of 100 by key", (target, worker) =>
    {
        var (random, number) = (new Random(worker), 0L);
        return connection => Check(connection,
            connection.Send("GET", "/v2/Users?cursor=" + target.IdOf(random.Next(target.Count - 100) + 1)), 200, number++, "user0");
    });

    public static readonly Scenario Move = MoveIn("one in, one out of a group", spread: true);

    public static readonly Scenario MoveInOne = MoveIn("one in, one out, all in one group", spread: false);

    public static readonly Scenario Bulk = new("bulk of 100 creates", (target, worker) =>
    {
        var (run, number) = (Interlocked.Increment(ref s_run), 0L);
        return connection =>
        {
            var body = new StringBuilder("""{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[""");
            for (var each = 0; each < 100; each++)
            {
                var name = string.Create(
                    CultureInfo.InvariantCulture, $"bulk{run}x{worker}x{number}x{each}.{Environment.ProcessId}@corp.example");
                body.Append(each == 0 ? "" : ",")
                    .Append(CultureInfo.InvariantCulture,
                        $$"""{"method":"POST","path":"/Users","bulkId":"b{{each}}","data":{{Profiles.Of(name, "New")}}}""");
            }

            var status = connection.Send("POST", "/v2/Bulk", body.Append("]}").ToString());
            number++;
            return status != 200 ? $"{status}: {Text(connection)}"
                : Count(connection.Body, "\"201\""u8) == 100 ? null : "not all were created: " + Text(connection);
        };
    })
    { Weight = 100 };

    public static readonly Scenario Constant = new(
        "constant JSON", (_, _) => connection => Check(connection, connection.Send("GET", "/constant"), 200, 1, ""));

    /// <summary>Moves members of whom nobody is in any group at first: what one operation lets in the next lets out.</summary>
    private static Scenario MoveIn(string name, bool spread) => new(name, (target, worker) =>
    {
        var (random, number, present) = (new Random(worker), 0L, new Dictionary<string, string>());
        return connection =>
        {
            var group = target.Groups[spread ? random.Next(target.Groups.Count) : target.Groups.Count / 2];
            var joins = target.IdOf(target.Count - 999 + (worker * 100) + (int)(number % 100));
            var leaves = present.GetValueOrDefault(group) is { } last && last != joins
                ? last
                : target.IdOf(target.Count - 999 + (worker * 100) + (int)((number + 1) % 100));
            (present[group], number) = (joins, number + 1);
            return Check(connection, connection.Send("PATCH", "/v2/Groups/" + group,
                $$"""
                {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"members",
                 "value":[{"value":"{{joins}}"}]},{"op":"remove","path":"members[value eq \"{{leaves}}\"]"}]}
                """),
                204, number, "");
        };
    });

    private static string NameFilter(string name) =>
        $"/v2/Users?filter=userName%20eq%20%22{Uri.EscapeDataString(name)}%22&startIndex=1&count=100";

    private static string? Check(Connection connection, int status, int expected, long number, string contains) =>
        status != expected ? $"{status} instead of {expected}: {Text(connection)}"
        : number % 64 == 0 && contains.Length > 0
            && connection.Body.IndexOf(Encoding.UTF8.GetBytes(contains)) < 0 ? $"the body lacks {contains}: {Text(connection)}"
        : null;

    private static string Text(Connection connection) => Encoding.UTF8.GetString(connection.Body[..Math.Min(300, connection.Body.Length)]);

    private static string IdIn(ReadOnlySpan<byte> body) => TextAfter(body, "\"id\":\""u8) ?? throw new IOException("The reply has no id.");

    public static string? TextAfter(ReadOnlySpan<byte> body, ReadOnlySpan<byte> name)
    {
        var at = body.IndexOf(name);
        return at < 0 ? null : Encoding.UTF8.GetString(body[(at + name.Length)..][..body[(at + name.Length)..].IndexOf((byte)'"')]);
    }

    private static int Count(ReadOnlySpan<byte> body, ReadOnlySpan<byte> text)
    {
        var count = 0;
        for (var at = body.IndexOf(text); at >= 0; at = body.IndexOf(text))
        {
            body = body[(at + text.Length)..];
            count++;
        }

        return count;
    }
}

/// <summary>Profiles as Okta sends them.</summary>
internal static class Profiles
{
    public static string Of(string userName, string title) =>
        $$"""
        {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
         "userName":"{{userName}}","name":{"givenName":"Ada","familyName":"Byron"},"displayName":"Ada Byron","title":"{{title}}",
          "emails":[{"primary":true,"value":"{{userName}}","type":"work"}],"phoneNumbers":[{"primary":true,"value":"+44 20 7946 0000",
           "type":"work"}],"locale":"en-GB","externalId":"00u{{userName[..userName.IndexOf('@', StringComparison.Ordinal)]}}",
            "roles":[{"value":"Support agent","primary":true}],
             "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Support","employeeNumber":"4711"},"active":true}
        """;
}
