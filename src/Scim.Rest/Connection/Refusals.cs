using System.Net;
using Provisioning.Client;
using Provisioning.Filtering;
using Provisioning.V1;
using Scim.Wire;

namespace Scim.Connection;

/// <summary>
/// Turns failures into SCIM's errors. What the front end refuses by itself is told to the core with the caller's token:
/// a wrong token is a 401 first, and the log is whole.
/// </summary>
internal sealed partial class Refusals(ILogger<Refusals> logger)
{
    /// <summary>How long the log may keep a refusal waiting.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private const string Subject = "scim.subject";

    /// <summary>Says whom a request is about, so that the log finds its refusal by that name.</summary>
    public static void SetSubject(HttpContext context, string userName) => context.Items[Subject] = userName;

    /// <summary>Whom a request is about; empty for nobody known.</summary>
    public static string SubjectOf(HttpContext context) => context.Items[Subject] as string ?? "";

    /// <summary>The error that a failure comes to.</summary>
    /// <param name="failure">What was thrown.</param>
    /// <param name="caller">Who asked; null where anybody may ask, so that nobody is told.</param>
    /// <param name="request">What was asked, such as "PATCH /v2/Users".</param>
    /// <param name="about">The resource concerned and the user name in the request; empty for none.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<ScimError> TranslateAsync(
        Exception failure, CallerCredentials? caller, string request, (string ResourceId, string UserName) about,
            CancellationToken cancellation)
    {
        switch (failure)
        {
            case ProvisioningException refused:
                return ScimError.Of(refused);
            case ScimException refusal:
                return await ReportAsync(refusal, caller, request, about, cancellation);
            case BadHttpRequestException bad:
                return await ReportAsync(OfHttp(bad), caller, request, about, cancellation);
            case OperationCanceledException when cancellation.IsCancellationRequested:
                return new(HttpStatusCode.BadRequest, null, "The caller gave up.");
            default:
                var errorId = Guid.NewGuid().ToString("n")[..12];
                Fault(request, errorId, failure);
                return new(HttpStatusCode.InternalServerError, null,
                    $"Something went wrong on our side. Give the id {errorId} to the operator of this service.");
        }
    }

    /// <summary>
    /// Tells the core of a refusal whose answer does not depend on the token; nothing where no token came, or it opens nothing.
    /// </summary>
    public static async Task ReportAsync(ScimException refusal, CallerCredentials? caller, string request, CancellationToken cancellation)
    {
        try
        {
            _ = await ReportAsync(refusal, caller, request, ("", ""), cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Nobody waits for the answer any more.
        }
    }

    private static ScimException OfHttp(BadHttpRequestException bad) => bad.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge =>
            ScimException.TooLarge("The body is larger than the service takes. Send fewer attributes, values or operations."),
        StatusCodes.Status408RequestTimeout => new(HttpStatusCode.RequestTimeout, null,
            "The request's body did not arrive in time. Try again."),
        var status => new((HttpStatusCode)status, null, "The request is not well-formed HTTP."),
    };

    private static async Task<ScimError> ReportAsync(
        ScimException refusal, CallerCredentials? caller, string request, (string ResourceId, string UserName) about,
            CancellationToken cancellation)
    {
        if (caller is null)
        {
            return ScimError.Of(refusal);
        }

        try
        {
            await caller.Client().Log.ReportRefusalAsync(new()
            {
                Method = Shorten(request, 200),
                Reason = refusal.Reason,
                Detail = Shorten(refusal.Message, 2_000),
                ResourceId = Shorten(about.ResourceId, 100),
                UserName = Shorten(about.UserName, 500),
            }, deadline: DateTime.UtcNow + Patience, cancellationToken: cancellation);
            return ScimError.Of(refusal);
        }
        catch (ProvisioningException failure) when (
            failure.Reason is not
                (ErrorReason.Unspecified or ErrorReason.InvalidField or ErrorReason.StorageUnavailable or ErrorReason.Internal))
        {
            return ScimError.Of(failure);
        }
        catch (ProvisioningException)
        {
            return ScimError.Of(refusal);
        }
    }

    /// <summary>A text that the log takes: at most so long, and storable.</summary>
    private static string Shorten(string text, int length) => Folding.Storable(text.Length <= length ? text : text[..length]);

    [LoggerMessage(1, LogLevel.Error, "{Request} failed as {ErrorId}")]
    private partial void Fault(string request, string errorId, Exception failure);
}
