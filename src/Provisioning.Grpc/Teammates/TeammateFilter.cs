using System.Text;
using Microsoft.EntityFrameworkCore;
using Provisioning.Access;
using Provisioning.Contract;
using Provisioning.Storage;
using Provisioning.V1;
using Kind = Provisioning.V1.Filter.KindOneofCase;
using Operator = Provisioning.V1.Comparison.Types.Operator;
using State = Provisioning.V1.Teammate.Types.State;

namespace Provisioning.Teammates;

/// <summary>
/// Compiles a filter's tree to SQL: names from our table, values as parameters only. Equality joined by `and` is what
/// it does; other operators are refused, never guessed at.
/// </summary>
internal sealed class TeammateFilter
{
    private const int MaxDepth = 20, MaxConditions = 50;

    private readonly StorageProvider _provider;
    private readonly Caller _caller;
    private readonly List<object> _parameters = [];
    private int _conditions;

    private TeammateFilter(StorageProvider provider, Caller caller) => (_provider, _caller) = (provider, caller);

    /// <summary>The teammates of the caller's company that meet a filter.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_FILTER.</exception>
    public static IQueryable<Teammate> Apply(ProvisioningDb db, StorageProvider provider, Caller caller, Filter filter)
    {
        var compiler = new TeammateFilter(provider, caller);
        var company = compiler.Parameter(caller.Company);
        var sql = $"SELECT t.* FROM teammates t WHERE t.company_id = {company} AND {compiler.Compile(filter, 0)}";
        return db.Teammates.FromSqlRaw(sql, [.. compiler._parameters]);
    }

    private string Compile(Filter filter, int depth)
    {
        if (depth > MaxDepth)
        {
            throw Failures.InvalidFilter("", $"The filter nests more than {MaxDepth} levels deep.");
        }

        return filter.KindCase switch
        {
            Kind.Comparison => Compare(filter.Comparison),
            Kind.All when filter.All.Filters.Count > 0 => "(" + string.Join(" AND ", filter.All.Filters.Select(each => Compile(each, depth + 1))) + ")",
            Kind.ValuePath => InList(filter.ValuePath, depth),
            Kind.Any => throw Unsupported("or"),
            Kind.Negation => throw Unsupported("not"),
            _ => throw Failures.InvalidFilter("", "The filter is empty."),
        };
    }

    private string Compare(Comparison comparison)
    {
        var attribute = Find(comparison.Path);
        CheckOperator(comparison);
        var value = comparison.Value ?? new();
        var path = comparison.Path;
        return attribute.Place switch
        {
            Place.Id => $"t.id = {Parameter(Text(path, value))}",
            Place.UserName => $"t.user_name_folded = {Parameter(Folding.Fold(Text(path, value)))}",
            Place.ExternalId => Indexed(TeammateValues.ExternalId(_caller.ConnectionId), TeammateValues.Key(Text(path, value), caseExact: true)),
            Place.Active => $"t.state = {Parameter((int)(Flag(path, value) ? State.Active : State.Blocked))}",
            Place.Text => $"{Document(attribute.Path)} = {Parameter(Folding.Fold(Text(path, value)))}",
            Place.List when attribute.Index.Length > 0 => Indexed(attribute.Index, TeammateValues.Key(Text(path, value), caseExact: false)),
            Place.List => Exists(attribute.Path[0], Part(path.SubAttribute.Length == 0 ? "value" : path.SubAttribute, value, path)),
        };
    }

    /// <summary>emails[type eq "work" and value eq "…"]: one value meets it all, found through the index where that holds the value.</summary>
    private string InList(ValuePath valuePath, int depth)
    {
        var attribute = Find(valuePath.Path);
        if (attribute.Place != Place.List || valuePath.Filter is null)
        {
            throw Failures.InvalidFilter(NameOf(valuePath.Path), $"{NameOf(valuePath.Path)} has no values to choose from with [ ].");
        }

        var parts = new List<string>();
        var index = "";
        foreach (var comparison in Conjuncts(valuePath.Filter, depth + 1))
        {
            var name = comparison.Path?.Attribute ?? "";
            if (!TeammateAttributes.IsListPart(name))
            {
                throw Failures.InvalidFilter(name, $"The values of {NameOf(valuePath.Path)} have no {name}.");
            }

            CheckOperator(comparison);
            parts.Add(Part(name, comparison.Value ?? new(), comparison.Path!));
            if (attribute.Path[0] is TeammateValues.Emails or TeammateValues.Roles && name.Equals("value", StringComparison.OrdinalIgnoreCase))
            {
                index = Indexed(attribute.Path[0], TeammateValues.Key(Text(comparison.Path!, comparison.Value!), caseExact: false)) + " AND ";
            }
        }

        if (parts.Count == 0)
        {
            throw Failures.InvalidFilter(NameOf(valuePath.Path), $"The condition inside {NameOf(valuePath.Path)}[ ] is empty.");
        }

        return $"({index}{Exists(attribute.Path[0], string.Join(" AND ", parts))})";
    }

    private static IEnumerable<Comparison> Conjuncts(Filter filter, int depth) => filter.KindCase switch
    {
        _ when depth > MaxDepth => throw Failures.InvalidFilter("", $"The filter nests more than {MaxDepth} levels deep."),
        Kind.Comparison => [filter.Comparison],
        Kind.All => filter.All.Filters.SelectMany(each => Conjuncts(each, depth + 1)),
        _ => throw Unsupported("anything but and inside [ ]"),
    };

    /// <summary>One part of a list's value, on the alias `item`.</summary>
    private string Part(string name, Literal value, AttributePath path)
    {
        var column = _provider == StorageProvider.Postgres
            ? $"(item ->> '{name.ToLowerInvariant()}')"
            : $"json_extract(item.value, '$.{name.ToLowerInvariant()}')";
        if (!name.Equals("primary", StringComparison.OrdinalIgnoreCase))
        {
            return $"{column} = {Parameter(Folding.Fold(Text(path, value)))}";
        }

        var flag = Flag(path, value);
        return _provider == StorageProvider.Postgres ? $"{column} = {Parameter(flag ? "true" : "false")}" : $"{column} = {Parameter(flag ? 1 : 0)}";
    }

    private string Exists(string list, string condition) => _provider == StorageProvider.Postgres
        ? $"EXISTS (SELECT 1 FROM jsonb_array_elements(CASE jsonb_typeof(t.search -> '{list}') WHEN 'array' THEN t.search -> '{list}' ELSE '[]'::jsonb END) item WHERE jsonb_typeof(item) = 'object' AND {condition})"
        : $"EXISTS (SELECT 1 FROM json_each(t.search, '$.{list}') item WHERE item.type = 'object' AND {condition})";

    private string Indexed(string attribute, string value) =>
        $"t.id IN (SELECT v.teammate_id FROM teammate_values v WHERE v.company_id = {Parameter(_caller.Company)} AND v.attribute = {Parameter(attribute)} AND v.value = {Parameter(value)})";

    private string Document(string[] path) => _provider == StorageProvider.Postgres
        ? $"jsonb_extract_path_text(t.search, {string.Join(", ", path.Select(step => $"'{step}'"))})"
        : $"json_extract(t.search, '${string.Concat(path.Select(step => $".\"{step}\""))}')";

    private string Parameter(object value)
    {
        _parameters.Add(value);
        return $"{{{_parameters.Count - 1}}}";
    }

    private static FilterAttribute Find(AttributePath? path) =>
        path is not null && TeammateAttributes.Find(path.Schema, path.Attribute, path.SubAttribute) is { } attribute
            ? attribute
            : throw Failures.InvalidFilter(NameOf(path), $"Teammates have no attribute {NameOf(path)} to filter on.");

    private void CheckOperator(Comparison comparison)
    {
        if (++_conditions > MaxConditions)
        {
            throw Failures.InvalidFilter("", $"The filter has more than {MaxConditions} conditions.");
        }

        if (comparison.Operator != Operator.Eq)
        {
            throw Unsupported(comparison.Operator.ToString().ToLowerInvariant());
        }
    }

    private static string Text(AttributePath path, Literal value)
    {
        if (value.KindCase == Literal.KindOneofCase.Text && Folding.IsStorable(value.Text))
        {
            return value.Text;
        }

        throw Failures.InvalidFilter(NameOf(path), $"{NameOf(path)} is compared with a text in double quotes, without U+0000.");
    }

    /// <summary>A boolean, also as the text that Entra sends.</summary>
    private static bool Flag(AttributePath path, Literal value) => value.KindCase switch
    {
        Literal.KindOneofCase.Boolean => value.Boolean,
        Literal.KindOneofCase.Text when bool.TryParse(value.Text, out var flag) => flag,
        _ => throw Failures.InvalidFilter(NameOf(path), $"{NameOf(path)} is compared with true or false."),
    };

    private static Grpc.Core.RpcException Unsupported(string what) => Failures.InvalidFilter("",
        $"Filters here take eq and and; {what} is not supported.");

    private static string NameOf(AttributePath? path)
    {
        var name = new StringBuilder(path?.Schema ?? "");
        name.Append(name.Length > 0 ? ":" : "").Append(path?.Attribute);
        return path is { SubAttribute.Length: > 0 } ? name.Append('.').Append(path.SubAttribute).ToString() : name.ToString();
    }
}
