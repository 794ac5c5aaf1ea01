using Provisioning.Storage;

namespace Provisioning.Writing;

/// <summary>What writing asks of companies. Companies implement it, so that writing does not know them.</summary>
internal interface IWrittenCompanies
{
    /// <summary>
    /// Begins a transaction: reads its company, if it is there, and keeps plans (<see cref="Dialect.KeepPlansBeside"/>).
    /// </summary>
    /// <param name="company">The company's id.</param>
    /// <param name="patience">How long the transaction waits for a lock; null for as long as it takes.</param>
    /// <param name="found">Takes the company.</param>
    Statement Begin(string company, TimeSpan? patience, Action<WrittenCompany> found);

    /// <summary>
    /// The seats for writes of one company to count before they start; null where they take none, or the company had no limit.
    /// </summary>
    /// <param name="company">The company's id.</param>
    /// <param name="requests">The writes, which share a transaction.</param>
    ISeats? SeatsFor(string company, IReadOnlyCollection<WriteRequest> requests);

    /// <summary>Remembers what writes have just read.</summary>
    /// <param name="company">The company's id.</param>
    /// <param name="limit">Its seat limit; null for none.</param>
    /// <param name="seats">The seats that they counted; null where they counted none.</param>
    void Remember(string company, long? limit, ISeats? seats);
}
