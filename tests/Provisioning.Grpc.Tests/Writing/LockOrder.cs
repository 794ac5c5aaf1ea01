using CsCheck;
using Google.Protobuf.WellKnownTypes;
using Provisioning.Access;
using Provisioning.Storage;
using Provisioning.Writing;

namespace Provisioning.Tests.Writing;

public sealed class LockOrder
{
    private static readonly Gen<PreloadOrder> Orders = Gen.Enum<PreloadOrder>();

    [Fact]
    public void writes_that_go_together_lock_in_one_order_whatever_each_asks_for_first() =>
        Orders.Array[0, 6].List[1, 5].Sample(writes =>
        {
            var statements = Preloads.Read(OnPostgres, writes.Select(Asking)).Select(statement => statement.Sql).ToList();

            Assert.Equal(writes.SelectMany(orders => orders).Distinct().Order().Select(order => order.ToString()), statements);
        });

    [Fact]
    public void what_several_writes_ask_for_of_one_kind_is_read_once_for_all()
    {
        var asked = new List<int>();
        var (one, other) = (new Asked(PreloadOrder.Teammates, asked), new Asked(PreloadOrder.Teammates, asked));

        Assert.Single(Preloads.Read(OnPostgres, Asking(one), Asking(other)));

        Assert.Equal([2], asked);
    }

    private static PreloadContext OnPostgres => new(Engine.Of(StorageProvider.Postgres).Dialect, Caller.System("com_1"), SkipLocked: true);

    private static WriteRequest Asking(PreloadOrder[] orders) => Asking([.. orders.Select(order => new Asked(order, []))]);

    private static WriteRequest Asking(params Asked[] preloads) =>
        new("BlockTeammate", new Empty(), ValidateOnly: false, RequestId: "") { Preloads = preloads };

    /// <summary>Something that is read first. Its statement is the name of its place.</summary>
    private sealed class Asked(PreloadOrder order, List<int> asked) : IPreload
    {
        public PreloadOrder Order => order;

        public IEnumerable<Statement> Read(PreloadContext context, IReadOnlyList<IPreload> all)
        {
            asked.Add(all.Count);
            return [new(order.ToString())];
        }
    }
}
