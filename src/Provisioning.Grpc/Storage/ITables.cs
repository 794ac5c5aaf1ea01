using Microsoft.EntityFrameworkCore;

namespace Provisioning.Storage;

/// <summary>The tables of one subject. The database finds every class in the assembly that describes some.</summary>
internal interface ITables
{
    /// <summary>Describes the tables: names, keys, indexes.</summary>
    /// <param name="model">The model to add them to.</param>
    /// <param name="engine">The engine.</param>
    void Describe(ModelBuilder model, Engine engine);
}
