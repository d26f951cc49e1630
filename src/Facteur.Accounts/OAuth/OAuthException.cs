namespace Facteur.Accounts.OAuth;

/// <summary>A request that is refused with one of the errors of OAuth (RFC 6749 §4.1.2.1 and §5.2, RFC 8628 §3.5, RFC 7591 §3.2.2).</summary>
/// <param name="error">"invalid_grant" and the like.</param>
/// <param name="description">One sentence in ASCII for the developer of the client.</param>
public sealed class OAuthException(string error, string description) : Exception(description)
{
    public string Error { get; } = error;

    internal static OAuthException InvalidGrant(string description) => new("invalid_grant", description);
}
