using Provisioning.Schemas;

namespace Scim.Tolerance;

/// <summary>
/// The forms outside RFC 7643 and 7644 that a request was understood in spite of. The core hears of them, and refuses
/// them where the connection is strict.
/// </summary>
internal sealed class Tolerances
{
    private readonly SortedSet<string> _used = new(StringComparer.Ordinal);

    /// <summary>None so far.</summary>
    public Tolerances()
    {
    }

    /// <summary>Those used for the request that a part belongs to.</summary>
    public Tolerances(Tolerances whole) => _used.UnionWith(whole._used);

    /// <summary>Names of the tolerances used, separated by commas; empty for none.</summary>
    public string Used => string.Join(',', _used);

    /// <summary>Names of attributes that the kind of resource does not have, and that were passed over.</summary>
    public SortedSet<string> Ignored { get; } = new(StringComparer.Ordinal);

    public void Note(Tolerated form) => _used.Add(form.ToString());

    /// <summary>Notes what is not standard about an attribute's name: its form, or that no schema has it.</summary>
    public void NoteName(AttributeName name)
    {
        if (!name.IsStandard)
        {
            Note(Tolerated.AttributeForm);
        }

        switch (name)
        {
            case AttributeName.Unknown:
                Note(Tolerated.UnknownAttribute);
                break;
            case AttributeName.Foreign:
                Note(Tolerated.UnknownSchema);
                break;
        }
    }
}

/// <summary>A form that providers send and the RFCs do not know.</summary>
internal enum Tolerated
{
    /// <summary>A boolean as a text, such as "False".</summary>
    TextBoolean,

    /// <summary>One value where a list belongs.</summary>
    SingleValue,

    /// <summary>A text where an object with a `value` belongs.</summary>
    TextValue,

    /// <summary>Core attributes nested under the core schema's URN.</summary>
    NestedCore,

    /// <summary>JSON inside a text.</summary>
    JsonInText,

    /// <summary>A key of a pathless value that is a path, such as "name.familyName".</summary>
    PathAsKey,

    /// <summary>An `op` in other letters than lower-case.</summary>
    OpCase,

    /// <summary>An `add` whose path, as in `members[value eq "x"]`, describes the value to add rather than one that is there.</summary>
    ValueMade,

    /// <summary>A remove with a list of the values to remove.</summary>
    RemoveValues,

    /// <summary>A missing or other `schemas`.</summary>
    Schemas,

    /// <summary>An attribute that no schema here has, kept or passed over.</summary>
    UnknownAttribute,

    /// <summary>A schema that is none of ours.</summary>
    UnknownSchema,

    /// <summary>A PATCH operation without a path.</summary>
    NoPath,

    /// <summary>A PATCH path that ends in a filter rather than in a sub-attribute.</summary>
    PathEndsInFilter,

    /// <summary>An attribute's name in a form that RFC 7644 section 3.10 does not know, such as a dot behind the schema's URN.</summary>
    AttributeForm,

    /// <summary>A list of one value where one value belongs.</summary>
    ListOfOne,

    /// <summary>A value that holds the attribute's own name, such as {"members": […]} for the path "members".</summary>
    NestedValue,

    /// <summary>An entry of a list that says nothing, such as null, {} or {"value": ""}, which was dropped.</summary>
    EmptyValue,

    /// <summary>Another content type than application/scim+json.</summary>
    MediaType,
}
