namespace Provisioning.Storage;

/// <summary>What is made once for each engine.</summary>
/// <param name="make">Makes it.</param>
internal sealed class OnEngines<T>(Func<Dialect, T> make)
{
    private readonly (Dialect Dialect, T Made)[] _all = [.. Engine.All.Select(engine => (engine.Dialect, make(engine.Dialect)))];

    public T On(Dialect dialect)
    {
        foreach (var (each, made) in _all)
        {
            if (each == dialect)
            {
                return made;
            }
        }

        throw new ArgumentException("It is no engine's.", nameof(dialect));
    }
}
