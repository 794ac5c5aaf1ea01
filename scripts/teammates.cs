#!/usr/bin/env dotnet
#:project ../clients/dotnet/Provisioning.Client/Provisioning.Client.csproj
// Lists, blocks and unblocks teammates from a terminal.
//
//   export PROVISIONING_TOKEN=tp_…            a token with teammates:read and teammates:write (or auto_provisioning)
//   dotnet run scripts/teammates.cs list
//   dotnet run scripts/teammates.cs block ada@corp.example bob@corp.example
//   dotnet run scripts/teammates.cs unblock ada@corp.example
//
// PROVISIONING_ADDRESS (http://127.0.0.1:5081) and PROVISIONING_COMPANY (for service tokens) say where.

using Provisioning.Client;
using Provisioning.V1;

if (args is not (["list"] or ["block" or "unblock", _, ..]))
{
    Console.Error.WriteLine("Usage: teammates.cs list | block USERNAME… | unblock USERNAME…");
    return 2;
}

if (Environment.GetEnvironmentVariable("PROVISIONING_TOKEN") is not { Length: > 0 } token)
{
    Console.Error.WriteLine("Set PROVISIONING_TOKEN to an API token.");
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
var address = new Uri(Environment.GetEnvironmentVariable("PROVISIONING_ADDRESS") ?? "http://127.0.0.1:5081");
using var client = ProvisioningClient.Connect(address, token, Environment.GetEnvironmentVariable("PROVISIONING_COMPANY"));
try
{
    return args[0] == "list" ? await ListAsync() : await MoveAsync(args[0] == "block", args[1..]);
}
catch (OperationCanceledException)
{
    return 130;
}
catch (ProvisioningException failure)
{
    Console.Error.WriteLine(failure.Reason switch
    {
        ErrorReason.TokenMissing or ErrorReason.TokenUnknown or ErrorReason.TokenExpired or ErrorReason.TokenRevoked =>
            $"The token is not accepted: {failure.Message}",
        ErrorReason.ScopeMissing => $"The token may not do this: {failure.Message}",
        ErrorReason.Unspecified => $"{address} does not answer: {failure.Message}",
        _ => failure.Message,
    });
    return 1;
}

async Task<int> ListAsync()
{
    var count = 0;
    await foreach (var teammate in client.ListTeammatesAsync(cancellation: stop.Token))
    {
        Console.WriteLine($"{teammate.State,-8} {teammate.Profile.UserName,-40} {teammate.TemplateAssignment?.TemplateName}");
        if (++count % 1_000 == 0)
        {
            Console.Error.Write($"\r{count} teammates…");
        }
    }

    Console.Error.WriteLine($"{count} teammates.");
    return 0;
}

async Task<int> MoveAsync(bool block, string[] userNames)
{
    var failed = 0;
    foreach (var (index, userName) in userNames.Index())
    {
        Console.Write($"[{index + 1}/{userNames.Length}] {userName}: ");
        var teammate = await FindAsync(userName);
        if (teammate is null)
        {
            Console.WriteLine("there is no such teammate");
            failed++;
            continue;
        }

        try
        {
            var moved = block
                ? await client.Teammates.BlockTeammateAsync(new() { Id = teammate.Id }, cancellationToken: stop.Token)
                : await client.Teammates.UnblockTeammateAsync(new() { Id = teammate.Id }, cancellationToken: stop.Token);
            Console.WriteLine(moved.Version == teammate.Version ? "was so already" : block ? "blocked" : "unblocked");
        }
        catch (ProvisioningException refusal) when (refusal.Reason is ErrorReason.SeatLimitReached or ErrorReason.LastCompanyAdmin)
        {
            Console.WriteLine(refusal.Message);
            failed++;
        }
    }

    return failed == 0 ? 0 : 1;
}

async Task<Teammate?> FindAsync(string userName)
{
    await foreach (var teammate in client.ListTeammatesAsync($"userName eq {FilterText.Quote(userName)}", cancellation: stop.Token))
    {
        return teammate;
    }

    return null;
}
