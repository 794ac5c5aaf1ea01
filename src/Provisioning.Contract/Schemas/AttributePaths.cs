using System.Text;
using Provisioning.V1;

namespace Provisioning.Schemas;

/// <summary>Paths of attributes as the contract carries them.</summary>
public static class AttributePaths
{
    /// <summary>A path as one text, as SCIM writes it; empty for none.</summary>
    public static string TextOf(AttributePath? path)
    {
        if (path is null or { Schema: "", SubAttribute: "" })
        {
            return path?.Attribute ?? "";
        }

        var text = new StringBuilder(path.Schema);
        text.Append(text.Length > 0 ? ":" : "").Append(path.Attribute);
        return path.SubAttribute.Length > 0 ? text.Append('.').Append(path.SubAttribute).ToString() : text.ToString();
    }
}
