using Grpc.Core;
using Provisioning.Contract;

namespace Provisioning.Transcoding;

/// <summary>What is wrong with the fields of a JSON request, each by its path as it was sent.</summary>
internal sealed class JsonFaults
{
    /// <summary>How many are told: whoever sends more corrects these first.</summary>
    private const int Most = 20;

    private readonly List<(string Field, string Sentence)> _faults = [];

    public void Add(string field, string sentence)
    {
        if (_faults.Count < Most)
        {
            _faults.Add((field, sentence));
        }
    }

    /// <summary>Refuses the request if anything is wrong with it.</summary>
    /// <exception cref="RpcException">INVALID_FIELD, naming every faulty field.</exception>
    public void ThrowIfAny()
    {
        if (_faults.Count > 0)
        {
            throw Failures.InvalidFields(_faults);
        }
    }
}
