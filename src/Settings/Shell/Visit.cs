using Microsoft.AspNetCore.Components;
using Provisioning.Client;
using Provisioning.V1;

namespace Settings.Shell;

/// <summary>How far a visit is.</summary>
public enum VisitState
{
    /// <summary>Nobody has asked yet whether somebody is signed in.</summary>
    Unknown,

    /// <summary>A company admin is signed in.</summary>
    SignedIn,

    /// <summary>Nobody is, or nobody any more.</summary>
    SignedOut,

    /// <summary>The service does not answer the first question.</summary>
    Unreachable,
}

/// <summary>Who is signed in in this tab, and to which company.</summary>
public sealed class Visit(Core core, NavigationManager address)
{
    /// <summary>Something of the visit is new.</summary>
    public event Action? Changed;

    public VisitState State { get; private set; }

    /// <summary>The session; null until somebody signed in. It stays when the session ends, to know who comes back.</summary>
    public Session? Session { get; private set; }

    /// <summary>The company with its plan; null until it was read.</summary>
    public Company? Company { get; private set; }

    /// <summary>Whether somebody was signed in in this tab before.</summary>
    public bool HasEnded => State == VisitState.SignedOut && Session is not null;

    /// <summary>Asks who is signed in.</summary>
    public async Task BeginAsync()
    {
        try
        {
            await EnterAsync(await core.Client.Sessions.GetSessionAsync(new() { Id = "current" }, Core.Call(default)));
        }
        catch (ProvisioningException failure)
        {
            // Whoever is at work stays: the live log tells that the service is gone.
            Leave(!Trouble.Of(failure).IsUnreachable ? VisitState.SignedOut : State == VisitState.SignedIn ? State
                : VisitState.Unreachable);
        }
    }

    /// <summary>
    /// Somebody signed in. A tab that shows another person's or company's things is loaded anew before anything of it is seen
    /// or done: the browser's cookie is one for all tabs.
    /// </summary>
    /// <exception cref="ProvisioningException">What every call may fail with.</exception>
    public async Task EnterAsync(Session session)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (Session is not null && (Session.TeammateId != session.TeammateId || Session.CompanyId != session.CompanyId))
        {
            address.NavigateTo("", forceLoad: true);
            return;
        }

        Company = await core.Client.Companies.GetCompanyAsync(new() { Id = "current" }, Core.Call(default));
        (Session, State) = (session, VisitState.SignedIn);
        Changed?.Invoke();
    }

    /// <summary>Reads the company's plan and numbers again.</summary>
    /// <exception cref="ProvisioningException">What every call may fail with.</exception>
    public async Task RefreshCompanyAsync()
    {
        Company = await core.Client.Companies.GetCompanyAsync(new() { Id = "current" }, Core.Call(default));
        Changed?.Invoke();
    }

    /// <summary>The session is over.</summary>
    public void End() => Leave(VisitState.SignedOut);

    /// <summary>Signs out, and forgets who was there.</summary>
    /// <exception cref="ProvisioningException">What every call may fail with.</exception>
    public async Task SignOutAsync()
    {
        await core.Client.Sessions.DeleteSessionAsync(new() { Id = "current" }, Core.Call(default));
        (Session, Company) = (null, null);
        Leave(VisitState.SignedOut);
    }

    private void Leave(VisitState state)
    {
        if (State != state)
        {
            State = state;
            Changed?.Invoke();
        }
    }
}
