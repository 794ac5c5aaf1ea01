using Microsoft.EntityFrameworkCore;
using Provisioning.Access;
using Provisioning.Contract;
using Provisioning.Filtering;
using Provisioning.Lists;
using Provisioning.Storage;
using Provisioning.V1;
using State = Provisioning.V1.Teammate.Types.State;

namespace Provisioning.Teammates;

/// <summary>
/// Finds teammates as people look for them, as they type. Candidates come in the order of one index, and each page reads a
/// bounded number of them, so that it takes as long in a company of a million as in one of ten.
/// </summary>
internal sealed class TeammateSearch(Lazy<ProvisioningDb> context, SealedTokens tokens)
{
    private ProvisioningDb Db => context.Value;

    private const int MaxQuery = 200, MaxWords = 5, MaxPage = 100, MaxRead = 5_000;

    private const string NoConnection = "none", AfterAll = "\U0010FFFF";


    public async Task<SearchTeammatesResponse> FindAsync(Caller caller, SearchTeammatesRequest request, CancellationToken cancellation)
    {
        Check(request);
        var words = TeammateValues.WordsOf(Folding.Fold(request.Query)).Distinct().OrderByDescending(word => word.Length).Take(MaxWords)
            .ToList();
        var list = $"search/{caller.Company}/{request.State}/{request.TemplateId}/{request.ConnectionId}/{string.Join('\n', words)}";
        var page = Page.Read(tokens, list, Math.Min(request.PageSize, MaxPage), request.PageToken, 0);
        // Ids hold no line break; user names may.
        var (key, id) = page.After.LastIndexOf('\n') is >= 0 and var end ? (page.After[..end], page.After[(end + 1)..]) : ("", "");
        var candidates = words.Count > 0 ? ByWord(caller.Company, words[0], key, id) : ByUserName(caller.Company, request, key);

        var response = new SearchTeammatesResponse();
        if (await candidates.Skip(MaxRead).FirstOrDefaultAsync(cancellation) is { } bound)
        {
            candidates = candidates.Where(each => string.Compare(each.Key, bound.Key) < 0
                || (each.Key == bound.Key && string.Compare(each.Id, bound.Id) <= 0));
            response.NextPageToken = Page.Seal(tokens, list, $"{bound.Key}\n{bound.Id}");
        }

        var found = await Matching(caller.Company, candidates, words.Skip(1), request).Take(page.Size + 1).ToListAsync(cancellation);
        if (found.Count > page.Size)
        {
            (found, response.NextPageToken) = page.Cut(tokens, list, found, each => $"{each.Key}\n{each.Id}");
        }

        var ids = found.Select(each => each.Id).ToList();
        var rows = await Db.Set<Teammate>().AsNoTracking().Where(row => row.CompanyId == caller.Company && ids.Contains(row.Id))
            .ToDictionaryAsync(row => row.Id, cancellation);
        response.Teammates.AddRange(ids.Where(rows.ContainsKey).Select(each => rows[each].ToMessage(caller.ConnectionId)));
        return response;
    }

    private static void Check(SearchTeammatesRequest request)
    {
        if (request.Query.Length > MaxQuery || !Folding.IsStorable(request.Query))
        {
            throw Failures.InvalidField("query", $"query must have at most {MaxQuery} characters, without U+0000.");
        }

        foreach (var (field, value) in (ReadOnlySpan<(string, string)>)[
            ("template_id", request.TemplateId), ("connection_id", request.ConnectionId)])
        {
            if (!Folding.IsStorable(value))
            {
                throw Failures.InvalidField(field, $"{field} must be an id.");
            }
        }
    }

    /// <summary>Whom a word finds, each once: at the first of its words that begin so.</summary>
    private IQueryable<Candidate> ByWord(string company, string word, string key, string id)
    {
        var beyond = word + AfterAll;
        return Db.Set<TeammateValue>().AsNoTracking()
            .Where(row => row.CompanyId == company && row.Attribute == TeammateValues.Word && string.Compare(row.Value, word) >= 0
                && string.Compare(row.Value, beyond) < 0)
            .Where(row => string.Compare(row.Value, key) >= 0
                && (string.Compare(row.Value, key) > 0 || string.Compare(row.TeammateId, id) > 0))
            .Where(row => !Db.Set<TeammateValue>()
                .Any(other => other.CompanyId == company && other.TeammateId == row.TeammateId && other.Attribute == TeammateValues.Word
                && string.Compare(other.Value, word) >= 0 && string.Compare(other.Value, row.Value) < 0))
            .OrderBy(row => row.Value).ThenBy(row => row.TeammateId)
            .Select(row => new Candidate { Key = row.Value, Id = row.TeammateId });
    }

    private IQueryable<Candidate> ByUserName(string company, SearchTeammatesRequest request, string key)
    {
        if (request.State == State.Blocked)
        {
            return Db.Set<TeammateValue>().AsNoTracking()
                .Where(row => row.CompanyId == company && row.Attribute == TeammateValues.Blocked && string.Compare(row.Value, key) > 0)
                .OrderBy(row => row.Value).Select(row => new Candidate { Key = row.Value, Id = row.TeammateId });
        }

        var rows = Db.Set<Teammate>().AsNoTracking().Where(row => row.CompanyId == company && string.Compare(row.UserNameFolded, key) > 0);
        rows = request.TemplateId.Length > 0 ? rows.Where(row => row.TemplateId == request.TemplateId) : rows;
        return rows.OrderBy(row => row.UserNameFolded).Select(row => new Candidate { Key = row.UserNameFolded, Id = row.Id });
    }

    /// <summary>Of the candidates, in their order, those who meet the rest of what is asked.</summary>
    private IQueryable<Candidate> Matching(
        string company, IQueryable<Candidate> candidates, IEnumerable<string> words, SearchTeammatesRequest request)
    {
        foreach (var word in words)
        {
            var beyond = word + AfterAll;
            candidates = candidates.Where(
                each => Db.Set<TeammateValue>()
                    .Any(row => row.CompanyId == company && row.TeammateId == each.Id && row.Attribute == TeammateValues.Word
                && string.Compare(row.Value, word) >= 0 && string.Compare(row.Value, beyond) < 0));
        }

        if (request.State != State.Unspecified || request.TemplateId.Length > 0)
        {
            candidates = candidates.Where(each => Db.Set<Teammate>().Any(row => row.CompanyId == company && row.Id == each.Id
                && (request.State == State.Unspecified || row.State == request.State)
                    && (request.TemplateId == "" || row.TemplateId == request.TemplateId)));
        }

        // In the JSON of external ids, what stands behind a brace or a comma and in quotes is a connection's id: values have no bare
        // quotes.
        var (first, later) = ($"{{\"{request.ConnectionId}\":", $",\"{request.ConnectionId}\":");
        return request.ConnectionId switch
        {
            "" => candidates,
            NoConnection => candidates.Where(each => Db.Set<Teammate>().Any(row => row.CompanyId == company && row.Id == each.Id
                && !row.ExternalIds.Contains("{\"con_") && !row.ExternalIds.Contains(",\"con_"))),
            _ => candidates.Where(each => Db.Set<Teammate>().Any(row => row.CompanyId == company && row.Id == each.Id
                && (row.ExternalIds.Contains(first) || row.ExternalIds.Contains(later)))),
        };
    }

    /// <summary>Where in the order a teammate stands.</summary>
    private sealed class Candidate
    {
        public required string Key { get; init; }

        public required string Id { get; init; }
    }
}
