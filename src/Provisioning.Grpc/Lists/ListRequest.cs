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
    public static ListRequest Read(int pageSize, string pageToken, long skip, string filter, string orderBy)
    {
        try
        {
            return new(pageSize, pageToken, skip, string.IsNullOrWhiteSpace(filter) ? null : Checked(() => FilterParser.Parse(filter)), OrderBy.Parse(orderBy));
        }
        catch (FilterFormatException failure)
        {
            throw Failures.InvalidField("order_by", failure.Message);
        }
    }

    /// <summary>Reads what may turn out not to be a filter.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_FILTER.</exception>
    public static T Checked<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (FilterFormatException failure)
        {
            throw Failures.InvalidFilter(failure.Attribute, failure.Message);
        }
    }
}
