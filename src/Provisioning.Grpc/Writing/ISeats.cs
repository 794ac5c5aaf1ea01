using Provisioning.Storage;

namespace Provisioning.Writing;

/// <summary>The seats that the writes of one transaction may take.</summary>
internal interface ISeats
{
    /// <summary>Statements that count them, behind the locks that the writes take first.</summary>
    IEnumerable<Statement> Read();

    /// <summary>Whether so few seats are left that the next writer must be alone; null where they were not counted.</summary>
    bool? AreFew(long limit);

    /// <summary>Takes a seat, if one is left.</summary>
    /// <param name="isShared">Whether other writes are in the same transaction.</param>
    /// <param name="limit">How many teammates may be active.</param>
    /// <exception cref="WriteRaced">They were not counted, or others may take them at the same time.</exception>
    /// <exception cref="WriteNeedsItsOwn">None is left, as far as writes that share a transaction can tell.</exception>
    bool TryTake(bool isShared, long limit);
}
