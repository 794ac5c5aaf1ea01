using Provisioning.Filtering;

namespace Provisioning.Contract;

/// <summary>Turns what is wrong with a filter into the refusal of a call.</summary>
internal static class FilterFaults
{
    /// <summary>Does what a wrong filter may end.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_FILTER.</exception>
    public static T Translate<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (FilterFormatException failure)
        {
            throw Failures.InvalidFilter(failure.Attribute, failure.Message);
        }
    }
}
