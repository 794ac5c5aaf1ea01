// The floor: what this machine, Kestrel, Npgsql and PostgreSQL can do at most. It answers the same requests as the service by
// the one statement that each comes to, prepared, on a table of its own; no tokens, no checks, no log. Writes are as durable
// as the service's: same server, same settings.
//
//   Floor LISTEN CONNECTION-STRING

using System.Text;
using System.Text.Json;
using Npgsql;

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
builder.WebHost.UseUrls(args[0]);
await using var database = new NpgsqlSlimDataSourceBuilder(args[1] + ";Max Auto Prepare=50;Auto Prepare Min Usages=2;Maximum Pool Size=16")
    .EnableArrays().Build();
var app = builder.Build();
var made = 0L;

app.Run(async context =>
{
    var (request, path) = (context.Request, context.Request.Path.Value!);
    switch (request.Method, path)
    {
        case ("GET", "/constant"):
            await SendAsync(context.Response, 200, """{"id":"tea_0","userName":"constant@corp.example"}""");
            break;
        case ("GET", "/v2/Users") when request.Query["filter"].ToString() is { Length: > 0 } filter:
            await ListAsync(
                context.Response, "SELECT profile FROM floor_users WHERE company = 'c' AND user_name = $1", filter.Split('"')[1]);
            break;
        case ("GET", "/v2/Users"):
            await ListAsync(context.Response, "SELECT profile FROM floor_users WHERE company = 'c' AND id > $1 ORDER BY id LIMIT 100",
                request.Query["cursor"].ToString());
            break;
        case ("GET", _):
            await OneAsync(context.Response, path[(path.LastIndexOf('/') + 1)..]);
            break;
        case ("POST", "/v2/Bulk"):
            await ManyAsync(context);
            break;
        case ("POST", _):
            await InsertAsync(context);
            break;
        case ("PATCH", _) when path.StartsWith("/v2/Groups", StringComparison.Ordinal):
            await MoveAsync(context, path[(path.LastIndexOf('/') + 1)..]);
            break;
        case ("PATCH", _):
            await UpdateAsync(context,
                "UPDATE floor_users SET state = 3 - state, version = version + 1 WHERE company = 'c' AND id = $1 RETURNING profile", path);
            break;
        case ("PUT", _):
            await UpdateAsync(context,
                "UPDATE floor_users SET profile = $2, version = version + 1 WHERE company = 'c' AND id = $1 RETURNING profile", path);
            break;
    }
});
await app.RunAsync();

async Task OneAsync(HttpResponse response, string id)
{
    await using var command = database.CreateCommand("SELECT profile FROM floor_users WHERE company = 'c' AND id = $1");
    command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
    await using var reader = await command.ExecuteReaderAsync();
    await (await reader.ReadAsync() ? SendAsync(response, 200, reader.GetString(0)) : SendAsync(response, 404, "{}"));
}

async Task ListAsync(HttpResponse response, string sql, string parameter)
{
    await using var command = database.CreateCommand(sql);
    command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = parameter });
    await using var reader = await command.ExecuteReaderAsync();
    var body = new StringBuilder("""{"Resources":[""");
    var count = 0;
    while (await reader.ReadAsync())
    {
        body.Append(count++ == 0 ? "" : ",").Append(reader.GetString(0));
    }

    await SendAsync(response, 200, body.Append("],\"totalResults\":").Append(count).Append('}').ToString());
}

async Task InsertAsync(HttpContext context)
{
    var body = await ReadAsync(context.Request);
    using var json = JsonDocument.Parse(body);
    var id = NewId();
    await using var command = database.CreateCommand(
        "INSERT INTO floor_users (company, id, user_name, profile, state, version) VALUES ('c', $1, $2, $3, 1, 1)");
    command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
    command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = json.RootElement.GetProperty("userName").GetString()! });
    command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = body });
    await command.ExecuteNonQueryAsync();
    await SendAsync(context.Response, 201, $"{{\"id\":\"{id}\",{body.AsSpan(1)}");
}

async Task ManyAsync(HttpContext context)
{
    using var json = JsonDocument.Parse(await ReadAsync(context.Request));
    var data = json.RootElement.GetProperty("Operations").EnumerateArray().Select(operation => operation.GetProperty("data")).ToList();
    await using var command = database.CreateCommand(
        "INSERT INTO floor_users (company, id, user_name, profile, state, version) SELECT 'c', i, n, p, 1, 1 FROM unnest($1, $2, $3) AS "
            + "t(i, n, p)");
    command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. data.Select(_ => NewId())] });
    command.Parameters.Add(new NpgsqlParameter<string[]>
    {
        TypedValue =
        [.. data.Select(each => each.GetProperty("userName").GetString()!)]
    });
    command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. data.Select(each => each.GetRawText())] });
    await command.ExecuteNonQueryAsync();
    await SendAsync(context.Response, 200, """{"Operations":[""" + string.Join(',', data.Select(_ => """{"status":"201"}""")) + "]}");
}

async Task UpdateAsync(HttpContext context, string sql, string path)
{
    var body = await ReadAsync(context.Request);
    await using var command = database.CreateCommand(sql);
    command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = path[(path.LastIndexOf('/') + 1)..] });
    if (sql.Contains("$2", StringComparison.Ordinal))
    {
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = body });
    }

    await using var reader = await command.ExecuteReaderAsync();
    await (await reader.ReadAsync() ? SendAsync(context.Response, 200, reader.GetString(0)) : SendAsync(context.Response, 404, "{}"));
}

async Task MoveAsync(HttpContext context, string group)
{
    using var json = JsonDocument.Parse(await ReadAsync(context.Request));
    var operations = json.RootElement.GetProperty("Operations");
    var joins = operations[0].GetProperty("value")[0].GetProperty("value").GetString()!;
    var leaves = operations[1].GetProperty("path").GetString()!.Split('"')[1];
    await using var batch = database.CreateBatch();
    foreach (var (sql, teammate) in new[]
    {
        ("INSERT INTO floor_members (group_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", joins),
        ("DELETE FROM floor_members WHERE group_id = $1 AND user_id = $2", leaves),
    })
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = group });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = teammate });
        batch.BatchCommands.Add(command);
    }

    await batch.ExecuteNonQueryAsync();
    context.Response.StatusCode = 204;
}

string NewId() => $"tea_9{Interlocked.Increment(ref made):d12}{Guid.NewGuid():n}"[..30];

static async Task<string> ReadAsync(HttpRequest request)
{
    var result = await request.BodyReader.ReadAtLeastAsync((int)request.ContentLength!.Value);
    var body = Encoding.UTF8.GetString(result.Buffer);
    request.BodyReader.AdvanceTo(result.Buffer.End);
    return body;
}

static async Task SendAsync(HttpResponse response, int status, string body)
{
    response.StatusCode = status;
    response.ContentType = "application/scim+json; charset=utf-8";
    var bytes = Encoding.UTF8.GetBytes(body);
    response.ContentLength = bytes.Length;
    await response.BodyWriter.WriteAsync(bytes);
}
