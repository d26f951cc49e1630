namespace Facteur.Accounts.OAuth;

/// <summary>A request for a code that can be put before a person (RFC 6749 §4.1.1, RFC 7636 §4.3).</summary>
/// <param name="State">The client's own, to be given back; null when it sent none.</param>
/// <param name="Challenge">SHA-256 of the code verifier in base64url.</param>
public sealed record AuthorizationRequest(OAuthClient Client, string RedirectUri, OAuthScopes Scopes, string? State, string Challenge)
{
    /// <summary>An address that the client would like to sign in, or null; a hint only.</summary>
    public string? LoginHint { get; init; }

    /// <summary>43 to 128 letters of the unreserved ones (RFC 7636 §4.1).</summary>
    internal static bool IsVerifier(string text) => text.Length is >= 43 and <= 128 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~');

    /// <summary>A SHA-256 in base64url.</summary>
    internal static bool IsChallenge(string text) => text.Length == 43 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}

/// <summary>What is made of the parameters of a request: something to ask a person, an error for the client, or an error that only the person may see.</summary>
/// <param name="Request">Set when it can be asked.</param>
/// <param name="Error">Else what is wrong.</param>
/// <param name="RedirectUri">Where the error goes; null when nobody says that this address is the client's (RFC 6749 §4.1.2.1).</param>
public sealed record AuthorizationCheck(AuthorizationRequest? Request, OAuthException? Error, string? RedirectUri, string? State)
{
    private const int MaxState = 1_000;

    /// <param name="find">A parameter by name; null when it is absent, empty, or there twice, which is an error (RFC 6749 §3.1).</param>
    /// <param name="isRepeated">Whether any parameter is there twice.</param>
    public static AuthorizationCheck Of(OAuthClient? client, Func<string, string?> find, bool isRepeated)
    {
        if (client is null) return Unsent("invalid_client", "client_id names no client of this server");
        // Always sent, although one registered address would do: an exact match needs something to match (RFC 6749 §3.1.2.3).
        if (find("redirect_uri") is not { } redirectUri || !RedirectUris.IsRegistered(client.RedirectUris, redirectUri))
            return Unsent("invalid_request", "redirect_uri is not one that this client registered");
        var state = find("state");
        AuthorizationCheck Fail(string error, string description) => new(null, new OAuthException(error, description), redirectUri, state is { Length: <= MaxState } ? state : null);

        if (isRepeated) return Fail("invalid_request", "a parameter is there twice");
        if (state is { Length: > MaxState }) return Fail("invalid_request", "state is too long");
        if (find("request") is not null || find("request_uri") is not null) return Fail("request_not_supported", "request objects are not supported");
        if (find("response_type") is not { } type) return Fail("invalid_request", "response_type is missing");
        if (type != "code") return Fail("unsupported_response_type", "the only response_type is code");
        if (find("response_mode") is { } mode && mode != "query") return Fail("invalid_request", "the only response_mode is query");
        if (find("code_challenge_method") != "S256") return Fail("invalid_request", "code_challenge_method is S256");
        if (find("code_challenge") is not { } challenge || !AuthorizationRequest.IsChallenge(challenge)) return Fail("invalid_request", "code_challenge is the SHA-256 of a code verifier");
        if (OAuthScopeNames.Parse(find("scope") ?? "") is not { } scopes) return Fail("invalid_scope", "scope names what is wanted: " + string.Join(' ', OAuthScopeNames.All));
        return new AuthorizationCheck(new AuthorizationRequest(client, redirectUri, scopes, state, challenge) { LoginHint = find("login_hint") }, null, redirectUri, state);

        static AuthorizationCheck Unsent(string error, string description) => new(null, new OAuthException(error, description), null, null);
    }
}
