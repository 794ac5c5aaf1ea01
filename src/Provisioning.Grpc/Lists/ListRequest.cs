using Provisioning.Contract;
using Provisioning.Filtering;

namespace Provisioning.Lists;

/// <summary>What a List request asks for.</summary>
/// <param name="PageSize">How many at most.</param>
/// <param name="PageToken">Where to go on; empty for the start.</param>
/// <param name="Skip">How many to pass over first.</param>
/// <param name="Filter">Which of them; null for all.</param>
/// <param name="Order">In which order; null for that of ids.</param>
internal sealed record ListRequest(int PageSize, string PageToken, long Skip, Filter? Filter, OrderBy? Order)
{
    public bool CountOnly { get; init; }
    public bool ContinueWalk { get; init; }
    public bool UndefinedIsAbsent { get; init; }

    /// <summary>Reads what a request gives as the contract has it.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_FILTER, INVALID_FIELD.</exception>
    public static ListRequest Read(int pageSize, string pageToken, long skip, string filter, string orderBy) => new(
        pageSize, pageToken, skip,
        string.IsNullOrWhiteSpace(filter) ? null : FilterFaults.Translate(() => FilterParser.Parse(filter)),
        string.IsNullOrWhiteSpace(orderBy) ? null : OrderBy.TryParse(orderBy) ?? throw Failures.InvalidField(
            "order_by", "order_by must be one attribute's name, and asc or desc behind it, such as \"userName desc\"."));
}
