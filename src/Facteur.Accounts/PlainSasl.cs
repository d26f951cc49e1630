namespace Facteur.Accounts;

/// <summary>PLAIN: authzid NUL authcid NUL password, in one message (RFC 4616 §2).</summary>
internal sealed class PlainSasl(LoginService logins, LoginClient client) : SaslServer(logins, client)
{
    public override ValueTask<SaslStep> StartAsync(ReadOnlyMemory<byte>? initialResponse, CancellationToken cancel)
    {
        if (initialResponse is { } response) return NextAsync(response, cancel);
        Challenge = default;
        return new(SaslStep.Continue);
    }

    public override ValueTask<SaslStep> NextAsync(ReadOnlyMemory<byte> response, CancellationToken cancel)
    {
        // NUL only delimits: none may stand in one of the three (RFC 4616 §2), so a third is no form of PLAIN.
        if (Decode(response.Span)?.Split('\0') is not [var authorizationId, { Length: > 0 } user, var password]) return new(SaslStep.Malformed);
        return LoginAsync(authorizationId, user, password, cancel);
    }
}
