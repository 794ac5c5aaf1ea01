using Provisioning.Storage;

namespace Provisioning.Log;

/// <summary>Writes log entries.</summary>
internal static class LogRows
{
    public static Statement Insert(StorageProvider provider, LogRow row) => new(
        """
        INSERT INTO log_entries (company_id, id, time, last_time, count, actor_kind, actor_token_id, actor_name, actor_connection_id,
        method, outcome, reason, resource_id, kinds, warnings, personal, repeat_key)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
        """,
        row.CompanyId, row.Id, Sql.Time(provider, row.Time), Sql.Time(provider, row.LastTime), row.Count, (int)row.ActorKind, row.ActorTokenId, row.ActorName, row.ActorConnectionId,
        row.Method, (int)row.Outcome, (int)row.Reason, row.ResourceId, row.Kinds, row.Warnings, row.Personal, row.RepeatKey);
}
