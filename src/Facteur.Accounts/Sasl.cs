using System.Text;

namespace Facteur.Accounts;

/// <summary>What a mechanism wants after a client's message.</summary>
public enum SaslStep
{
    /// <summary>Send <see cref="SaslServer.Challenge"/> and read on.</summary>
    Continue,
    /// <summary><see cref="SaslServer.Result"/> holds the verdict.</summary>
    Done,
    /// <summary>The message is not of the mechanism's form: answer as for bad syntax of the protocol.</summary>
    Malformed,
}

/// <summary>
/// The server side of one SASL exchange (RFC 4422), after the protocol decoded base64. Mechanisms: SCRAM-SHA-256 with and without
/// channel binding (RFC 7677), PLAIN (RFC 4616), LOGIN (draft-murchison-sasl-login), OAUTHBEARER (RFC 7628), XOAUTH2, EXTERNAL.
/// </summary>
public abstract class SaslServer
{
    /// <summary>Most octets of one client message, decoded.</summary>
    public const int MaxMessageOctets = 12 * 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private protected SaslServer(LoginService logins, LoginClient client) => (Logins, Client) = (logins, client);

    private protected LoginService Logins { get; }

    private protected LoginClient Client { get; }

    /// <summary>Names in order of preference, for CAPABILITY, CAPA, EHLO.</summary>
    /// <param name="client">As the connection stands: mechanisms that bind to TLS, or need a certificate, come with it.</param>
    /// <param name="logins">What it can check; null: passwords alone.</param>
    public static IReadOnlyList<string> MechanismsFor(LoginClient client, LoginService? logins = null)
    {
        var names = new List<string>(8);
        if (logins is not { OffersScram: false })
        {
            if (!client.ServerEndPoint.IsEmpty) names.Add("SCRAM-SHA-256-PLUS");
            names.Add("SCRAM-SHA-256");
        }
        names.AddRange(["PLAIN", "LOGIN"]);
        if (logins?.Tokens is not null) names.AddRange(["OAUTHBEARER", "XOAUTH2"]);
        if (client.CertificateHash is not null) names.Add("EXTERNAL");
        return names;
    }

    /// <summary>Null for a mechanism that is not offered.</summary>
    public static SaslServer? Create(string mechanism, LoginService logins, LoginClient client) =>
        mechanism.ToUpperInvariant() switch
        {
            "PLAIN" => new PlainSasl(logins, client),
            "LOGIN" => new LoginSasl(logins, client),
            "SCRAM-SHA-256" => new ScramSasl(logins, client, isPlus: false),
            "SCRAM-SHA-256-PLUS" when !client.ServerEndPoint.IsEmpty => new ScramSasl(logins, client, isPlus: true),
            "OAUTHBEARER" when logins.Tokens is not null => new OAuthBearerSasl(logins, client),
            "XOAUTH2" when logins.Tokens is not null => new XOAuth2Sasl(logins, client),
            "EXTERNAL" when client.CertificateHash is not null => new ExternalSasl(logins, client),
            _ => null,
        };

    /// <summary>What to send to the client (not base64), valid after <see cref="SaslStep.Continue"/>. Empty is an empty challenge.</summary>
    public ReadOnlyMemory<byte> Challenge { get; protected set; }

    /// <summary>The verdict, valid after <see cref="SaslStep.Done"/>.</summary>
    public LoginResult Result { get; protected set; }

    /// <summary>Begins; <paramref name="initialResponse"/> is null when the client sent none (then PLAIN answers an empty challenge, LOGIN "Username:").</summary>
    public abstract ValueTask<SaslStep> StartAsync(ReadOnlyMemory<byte>? initialResponse, CancellationToken cancel);

    public abstract ValueTask<SaslStep> NextAsync(ReadOnlyMemory<byte> response, CancellationToken cancel);

    private protected async ValueTask<SaslStep> LoginAsync(string authorizationId, string user, string password, CancellationToken cancel)
    {
        Result = await Logins.LoginAsync(new LoginAttempt(user, password, Client, authorizationId), cancel);
        return SaslStep.Done;
    }

    /// <summary>UTF-8 as all mechanisms want it; null when it is not, or too long.</summary>
    private protected static string? Decode(ReadOnlySpan<byte> message)
    {
        if (message.Length > MaxMessageOctets) return null;
        try
        {
            return StrictUtf8.GetString(message);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
