using Provisioning.Storage;

namespace Provisioning.Writing;

/// <summary>Rows that a write reads, and may lock, in the round trip that begins it. They are read anew at each attempt.</summary>
internal interface IPreload
{
    /// <summary>Its place in the order of locks, which all of its kind share.</summary>
    PreloadOrder Order { get; }

    /// <summary>Whether every row that it locks is there, and this write's to change.</summary>
    bool IsHeld => true;

    /// <summary>Statements that read it and others of its kind, for writes of one company that start together.</summary>
    /// <param name="context">On what.</param>
    /// <param name="all">All of its kind, itself included. No two are about the same thing.</param>
    IEnumerable<Statement> Read(PreloadContext context, IReadOnlyList<IPreload> all);
}
