using System.Text.Json.Nodes;
using Grpc.Core;
using Provisioning.Schemas;
using Provisioning.V1;
using Scim.Wire;

namespace Scim.Groups;

/// <summary>A group whose members are written as they arrive, whatever their number.</summary>
internal sealed class GroupResource(JsonObject head, string groupId, MemberStream members, ScimCall call) : ScimResource
{
    public override async Task WriteAsync(ScimWriter writer)
    {
        var any = false;
        writer.Begin(head);
        await foreach (var member in members.OfAsync(groupId))
        {
            if (!any)
            {
                writer.Json.WriteStartArray("members");
                any = true;
            }

            Show(member).WriteTo(writer.Json);
            await writer.FlushAsync();
        }

        if (any)
        {
            writer.Json.WriteEndArray();
        }

        writer.Json.WriteEndObject();
        await writer.FlushAsync();
    }

    private JsonNode Show(TeammateGroupMember member) => call.Projection.ApplyToParts(ResourceType.Group, "members", new JsonObject
    {
        ["value"] = member.TeammateId,
        ["$ref"] = $"{call.BaseUrl}/Users/{member.TeammateId}",
        ["display"] = member.UserName,
        ["type"] = "User",
    })!;
}

/// <summary>The members of several groups, in the order of the groups, read once.</summary>
internal sealed class MemberStream
{
    /// <summary>The largest groups take their time; a caller that is gone ends it at once.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly ScimCall _call;
    private readonly IReadOnlyList<string> _groups;
    private IAsyncStreamReader<StreamTeammateGroupMembersResponse>? _reader;
    private bool _ended;

    private MemberStream(ScimCall call, IReadOnlyList<string> groups) => (_call, _groups) = (call, groups);

    /// <summary>Opens the stream and reads its beginning, so that what is refused is refused before a reply begins.</summary>
    public static async Task<MemberStream> OpenAsync(ScimCall call, IReadOnlyList<string> groups)
    {
        var stream = new MemberStream(call, groups);
        if (groups.Count > 0)
        {
            await stream.MoveAsync();
        }

        return stream;
    }

    /// <summary>The members of one group; groups are asked for in the order given.</summary>
    public async IAsyncEnumerable<TeammateGroupMember> OfAsync(string group)
    {
        while (_reader is not null && !_ended && _reader.Current.Members is [var first, ..] some && first.GroupId == group)
        {
            foreach (var member in some)
            {
                yield return member;
            }

            await MoveAsync();
        }
    }

    private async Task MoveAsync()
    {
        _reader ??= _call.Core.Groups.StreamTeammateGroupMembers(new() { Ids = { _groups } },
            deadline: DateTime.UtcNow + Patience, cancellationToken: _call.Cancellation).ResponseStream;
        _ended = !await _reader.MoveNext(_call.Cancellation);
    }
}
