using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Facteur.Accounts;

/// <summary>
/// SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802, RFC 7677): the client proves that it knows the password and never sends it, and the
/// server proves that it keeps a verifier of it. App passwords are proved alike. An unknown user is asked for a proof with a salt of
/// its own, the same each time, and refused at the end as a wrong password is.
/// </summary>
/// <remarks>
/// The one binding type is tls-server-end-point (RFC 5929): tls-unique, which RFC 5802 §6.1 wants, is not there in TLS 1.3.
/// server-final-message goes out as a challenge that the client answers with nothing: the protocols here carry no data with success.
/// </remarks>
internal sealed class ScramSasl(LoginService logins, LoginClient client, bool isPlus) : SaslServer(logins, client)
{
    private const string EndPoint = "tls-server-end-point";
    private const int NonceOctets = 18;

    private ScramClientFirst? first;
    private ScramUser? user;
    private string serverFirst = "", nonce = "";
    private bool isProved;

    /// <summary>The server's part of the nonce; set by tests of the RFC's example.</summary>
    internal string? ServerNonce { get; init; }

    public override ValueTask<SaslStep> StartAsync(ReadOnlyMemory<byte>? initialResponse, CancellationToken cancel)
    {
        (first, user, isProved) = (null, null, false);
        if (initialResponse is { } response) return NextAsync(response, cancel);
        Challenge = default;
        return new(SaslStep.Continue);
    }

    public override ValueTask<SaslStep> NextAsync(ReadOnlyMemory<byte> response, CancellationToken cancel)
    {
        // The answer to server-final-message: empty (RFC 4954 §4, RFC 5034 §4); what else comes changes nothing.
        if (isProved) return new(SaslStep.Done);
        if (Decode(response.Span) is not { } text) return new(SaslStep.Malformed);
        return user is null ? TakeFirstAsync(text, cancel) : TakeFinalAsync(text, cancel);
    }

    private async ValueTask<SaslStep> TakeFirstAsync(string text, CancellationToken cancel)
    {
        if (ScramClientFirst.Parse(text) is not { } message || !IsBindingPossible(message)) return SaslStep.Malformed;
        first = message;
        user = await Logins.FindScramUserAsync(SaslPrep.Prepare(message.User) ?? "", message.AuthorizationId, cancel);
        nonce = message.Nonce + (ServerNonce ?? Convert.ToBase64String(RandomNumberGenerator.GetBytes(NonceOctets)));
        serverFirst = string.Create(CultureInfo.InvariantCulture, $"r={nonce},s={Convert.ToBase64String(user.Salt)},i={user.Iterations}");
        Challenge = Encoding.UTF8.GetBytes(serverFirst);
        return SaslStep.Continue;
    }

    private async ValueTask<SaslStep> TakeFinalAsync(string text, CancellationToken cancel)
    {
        if (ScramClientFinal.Parse(text) is not { } final) return SaslStep.Malformed;
        var authMessage = Encoding.UTF8.GetBytes($"{first!.Bare},{serverFirst},{final.WithoutProof}");
        var isOurs = IsBound(final.Binding) && final.Nonce == nonce;
        (Result, var verifier) = await Logins.LoginByProofAsync(user!, verifier => isOurs && verifier.Fits(authMessage, final.Proof), Client, cancel);
        if (Result.Account is null || verifier is null) return SaslStep.Done; // no server-final-message on failure (RFC 5802 §5.1, "e")
        isProved = true;
        Challenge = Encoding.UTF8.GetBytes("v=" + Convert.ToBase64String(verifier.Sign(authMessage)));
        return SaslStep.Continue;
    }

    /// <summary>
    /// RFC 5802 §6: -PLUS is with a binding and the other without; "y" says that we were not seen to offer -PLUS, so where we did,
    /// somebody in between took it away.
    /// </summary>
    private bool IsBindingPossible(ScramClientFirst message) => message.Binding switch
    {
        'p' => isPlus && message.BindingType == EndPoint && !Client.ServerEndPoint.IsEmpty,
        'y' => !isPlus && Client.ServerEndPoint.IsEmpty,
        _ => !isPlus,
    };

    private bool IsBound(byte[] binding)
    {
        byte[] expected = [.. Encoding.UTF8.GetBytes(first!.Header), .. isPlus ? Client.ServerEndPoint.Span : default];
        return CryptographicOperations.FixedTimeEquals(expected, binding);
    }
}
