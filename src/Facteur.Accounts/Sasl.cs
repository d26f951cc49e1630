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

/// <summary>The server side of one SASL exchange (RFC 4422), after the protocol decoded base64. Mechanisms: PLAIN (RFC 4616), LOGIN (draft-murchison-sasl-login).</summary>
public abstract class SaslServer
{
    /// <summary>Most octets of one client message, decoded.</summary>
    public const int MaxMessageOctets = 12 * 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly LoginService logins;
    private readonly LoginClient client;

    private protected SaslServer(LoginService logins, LoginClient client)
    {
        this.logins = logins;
        this.client = client;
    }

    /// <summary>Names in order of preference, for CAPABILITY, CAPA, EHLO.</summary>
    /// <param name="client">As the connection stands: mechanisms that bind to TLS, or need a certificate, come with it.</param>
    public static IReadOnlyList<string> MechanismsFor(LoginClient client) => Mechanisms;

    private static readonly string[] Mechanisms = ["PLAIN", "LOGIN"];

    /// <summary>Null for a mechanism that is not offered.</summary>
    public static SaslServer? Create(string mechanism, LoginService logins, LoginClient client) =>
        mechanism.ToUpperInvariant() switch
        {
            "PLAIN" => new PlainSasl(logins, client),
            "LOGIN" => new LoginSasl(logins, client),
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
        Result = await logins.LoginAsync(new LoginAttempt(user, password, client, authorizationId), cancel);
        return SaslStep.Done;
    }

    /// <summary>UTF-8 as both mechanisms want it; null when it is not, or too long.</summary>
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
