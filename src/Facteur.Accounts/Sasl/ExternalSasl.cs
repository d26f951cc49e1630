namespace Facteur.Accounts;

/// <summary>EXTERNAL (RFC 4422 appendix A): the certificate of the handshake says who it is; the message, empty or not, as whom it acts.</summary>
internal sealed class ExternalSasl(LoginService logins, LoginClient client) : SaslServer(logins, client)
{
    public override ValueTask<SaslStep> StartAsync(ReadOnlyMemory<byte>? initialResponse, CancellationToken cancel)
    {
        if (initialResponse is { } response) return NextAsync(response, cancel);
        Challenge = default;
        return new(SaslStep.Continue);
    }

    public override async ValueTask<SaslStep> NextAsync(ReadOnlyMemory<byte> response, CancellationToken cancel)
    {
        if (Decode(response.Span) is not { } authorizationId || authorizationId.Contains('\0')) return SaslStep.Malformed;
        Result = await Logins.LoginByCertificateAsync(Client, authorizationId, cancel);
        return SaslStep.Done;
    }
}
