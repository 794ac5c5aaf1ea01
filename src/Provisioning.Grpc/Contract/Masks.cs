using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Provisioning.Contract;

/// <summary>Update masks (AIP-134): which fields of a resource a request moves.</summary>
internal static class Masks
{
    /// <summary>
    /// The paths that an update moves: the mask's, or without a mask every writable field that is set. A path outside
    /// <paramref name="writable"/> is refused, an entry of which that ends in ".*" allows every field of that message; one within
    /// another that is there goes with it.
    /// </summary>
    public static IReadOnlyList<string> Paths(FieldMask? mask, IMessage resource, params string[] writable)
    {
        var paths = mask is { Paths.Count: > 0 }
            ? [.. mask.Paths.Select(path => Canonical(resource.Descriptor, path)).Distinct()]
            : writable.SelectMany(path => SetPaths(resource, path)).ToList();
        foreach (var path in paths)
        {
            if (!IsWritable(resource.Descriptor, path, writable))
            {
                throw Failures.InvalidField(
                    "update_mask", $"update_mask names \"{path}\", which cannot be updated. It takes {string.Join(", ", writable)}.");
            }
        }

        return paths.Count == 1
            ? paths
            : [.. paths.Where(path => !paths.Exists(other => path.StartsWith(other + ".", StringComparison.Ordinal)))];
    }

    /// <summary>Copies the field at a path from one message to another of its type; an unset one clears.</summary>
    public static void Copy(IMessage from, IMessage to, string path)
    {
        var (name, rest) = Split(path);
        var field = from.Descriptor.FindFieldByName(name);
        if (rest.Length == 0)
        {
            SetField(from, to, field);
            return;
        }

        if (field.Accessor.GetValue(to) is not IMessage target)
        {
            target = field.MessageType.Parser.ParseFrom(ByteString.Empty);
            field.Accessor.SetValue(to, target);
        }

        Copy(field.Accessor.GetValue(from) as IMessage ?? field.MessageType.Parser.ParseFrom(ByteString.Empty), target, rest);
    }

    private static void SetField(IMessage from, IMessage to, FieldDescriptor field)
    {
        field.Accessor.Clear(to);
        var value = field.Accessor.GetValue(from);
        if (field.IsMap)
        {
            var target = (IDictionary)field.Accessor.GetValue(to);
            foreach (DictionaryEntry entry in (IDictionary)value)
            {
                target[entry.Key] = entry.Value;
            }
        }
        else if (field.IsRepeated)
        {
            var target = (IList)field.Accessor.GetValue(to);
            foreach (var item in (IList)value)
            {
                target.Add(item);
            }
        }
        else if (!field.HasPresence || field.Accessor.HasValue(from))
        {
            field.Accessor.SetValue(to, value);
        }
    }

    private static IEnumerable<string> SetPaths(IMessage resource, string path)
    {
        var (name, rest) = Split(path);
        var field = resource.Descriptor.FindFieldByName(name);
        if (rest.Length == 0)
        {
            return IsSet(resource, field) ? [path] : [];
        }

        if (field.Accessor.GetValue(resource) is not IMessage inner)
        {
            return [];
        }

        return rest == "*"
            ? inner.Descriptor.Fields.InDeclarationOrder().Where(each => IsSet(inner, each)).Select(each => $"{name}.{each.Name}")
            : SetPaths(inner, rest).Select(each => $"{name}.{each}");
    }

    private static bool IsSet(IMessage message, FieldDescriptor field) =>
        field.HasPresence
            ? field.Accessor.HasValue(message)
            : field.Accessor.GetValue(message) is var value && value switch
            {
                ICollection many => many.Count > 0,
                string text => text.Length > 0,
                bool flag => flag,
                _ => Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture) != 0,
            };

    private static bool IsWritable(MessageDescriptor type, string path, string[] writable) =>
        writable.Any(allowed => allowed == path
            || (allowed.EndsWith(".*", StringComparison.Ordinal)
                && (path == allowed[..^2] || path.StartsWith(allowed[..^1], StringComparison.Ordinal))
                && Exists(type, path)));

    private static bool Exists(MessageDescriptor type, string path)
    {
        var (name, rest) = Split(path);
        return type.FindFieldByName(name) is { } field
            && (rest.Length == 0 || (!field.IsRepeated && field.FieldType == FieldType.Message && Exists(field.MessageType, rest)));
    }

    /// <summary>A path by the contract's names, also when it came by JSON's, as in a query.</summary>
    private static string Canonical(MessageDescriptor? type, string path)
    {
        var (name, rest) = Split(path);
        var field = type?.Fields.InDeclarationOrder().FirstOrDefault(each => each.Name == name || each.JsonName == name);
        var canonical = field?.Name ?? name;
        return rest.Length == 0 ? canonical
            : $"{canonical}.{Canonical(field?.FieldType == FieldType.Message ? field.MessageType : null, rest)}";
    }

    private static (string Name, string Remainder) Split(string path) =>
        path.IndexOf('.', StringComparison.Ordinal) is var dot and > 0 ? (path[..dot], path[(dot + 1)..]) : (path, "");
}
