using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Time.Testing;
using Provisioning.Access;
using Provisioning.Writing;

namespace Provisioning.Tests.Writing;

public sealed class SharingTransactions
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task who_comes_alone_goes_at_once_and_alone()
    {
        var write = About("ada");

        Assert.Equal([write], await new Convoy(lanes: 1, _clock).JoinAsync(write));
    }

    [Fact]
    public async Task who_comes_meanwhile_goes_together_afterwards()
    {
        var (convoy, first) = await UnderWayAsync("ada");
        var (bob, cy) = (About("bob"), About("cy"));
        var (bobs, cys) = (convoy.JoinAsync(bob), convoy.JoinAsync(cy));
        Assert.False(bobs.IsCompleted || cys.IsCompleted);

        convoy.Leave([first]);

        Assert.Equal([bob, cy], await bobs);
        Assert.False(cys.IsCompleted);
    }

    [Fact]
    public async Task who_was_led_by_another_has_nothing_to_lead()
    {
        var (convoy, first) = await UnderWayAsync("ada");
        var (bob, cy) = (About("bob"), About("cy"));
        var (bobs, cys) = (convoy.JoinAsync(bob), convoy.JoinAsync(cy));
        convoy.Leave([first]);

        convoy.Leave((await bobs)!);

        Assert.Null(await cys);
    }

    [Fact]
    public async Task two_writes_about_the_same_never_go_together()
    {
        var (convoy, first) = await UnderWayAsync("ada");
        var (one, other) = (About("bob"), About("bob"));
        var (ones, others) = (convoy.JoinAsync(one), convoy.JoinAsync(other));
        convoy.Leave([first]);
        Assert.Equal([one], await ones);
        Assert.False(others.IsCompleted);

        convoy.Leave([one]);

        Assert.Equal([other], await others);
    }

    [Fact]
    public async Task a_write_waits_for_one_about_the_same_though_a_lane_is_free()
    {
        var convoy = new Convoy(lanes: 2, _clock);
        var (one, other) = (About("ada"), About("ada"));
        await convoy.JoinAsync(one);
        var others = convoy.JoinAsync(other);
        Assert.False(others.IsCompleted);

        convoy.Leave([one]);

        Assert.Equal([other], await others);
    }

    [Fact]
    public async Task as_many_transactions_are_under_way_as_there_are_lanes()
    {
        var convoy = new Convoy(lanes: 2, _clock);

        var turns = new[] { convoy.JoinAsync(About("ada")), convoy.JoinAsync(About("bob")), convoy.JoinAsync(About("cy")) };

        Assert.Equal([true, true, false], turns.Select(turn => turn.IsCompleted));
    }

    [Fact]
    public async Task a_transaction_takes_no_more_writes_than_the_longest()
    {
        var (convoy, first) = await UnderWayAsync("ada");
        var waiting = Enumerable.Range(0, Convoy.Longest + 5).Select(number => convoy.JoinAsync(About($"{number}"))).ToList();

        convoy.Leave([first]);

        var together = (await waiting[0])!;
        Assert.Equal(Convoy.Longest, together.Count);
        convoy.Leave(together);
        Assert.Equal(5, (await waiting[Convoy.Longest])!.Count);
    }

    [Fact]
    public async Task who_waited_too_long_goes_alone_beside_the_lanes()
    {
        var (convoy, first) = await UnderWayAsync("ada");
        var late = convoy.JoinAsync(About("bob"));
        _clock.Advance(TimeSpan.FromMilliseconds(199));
        Assert.False(late.IsCompleted);

        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Null(await late);
        convoy.Leave([first]);
        Assert.NotNull(await convoy.JoinAsync(About("bob")));
    }

    [Fact]
    public async Task who_is_led_when_its_patience_ends_waits_for_the_outcome()
    {
        var (convoy, first) = await UnderWayAsync("ada");
        var (bob, cy) = (About("bob"), About("cy"));
        var (bobs, cys) = (convoy.JoinAsync(bob), convoy.JoinAsync(cy));
        convoy.Leave([first]);
        var together = (await bobs)!;

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(cys.IsCompleted);

        convoy.Leave(together);
        Assert.Null(await cys);
    }

    private async Task<(Convoy Convoy, SharedWrite First)> UnderWayAsync(string about)
    {
        var (convoy, first) = (new Convoy(lanes: 1, _clock), About(about));
        await convoy.JoinAsync(first);
        return (convoy, first);
    }

    private static SharedWrite About(string key) => new(
        Caller.System("com_1"), new("BlockTeammate", new Empty(), ValidateOnly: false, RequestId: ""), key, _ =>
            throw new InvalidOperationException("It is not run here."));
}
