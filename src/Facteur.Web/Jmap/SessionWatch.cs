namespace Facteur.Web.Jmap;

/// <summary>Two watches as one: of the browser's session, and of the account's login.</summary>
internal sealed class SessionWatch(IDisposable session, IDisposable login) : IDisposable
{
    public void Dispose()
    {
        session.Dispose();
        login.Dispose();
    }
}
