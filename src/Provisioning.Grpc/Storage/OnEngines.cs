
namespace Provisioning.Storage;

/// <summary>What is done to a table's rows, on each engine.</summary>
internal sealed class OnEngines<T>(Func<StorageProvider, T> make)
{
    private readonly T _postgres = make(StorageProvider.Postgres), _sqlite = make(StorageProvider.Sqlite);

    public T On(StorageProvider provider) => provider == StorageProvider.Postgres ? _postgres : _sqlite;
}
