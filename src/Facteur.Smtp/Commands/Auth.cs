using System.Buffers.Text;
using System.Text;
using Facteur.Accounts;
using Facteur.Accounts.Policy;
using Facteur.Smtp.Wire;

namespace Facteur.Smtp.Commands;

/// <summary>AUTH: a SASL exchange, each message in base64 on a line of its own.</summary>
// RFC 4954 §4
internal sealed record Auth(string Mechanism, byte[]? Initial, bool IsBadBase64) : SmtpCommand
{
    /// <summary>Longest line of an exchange: a message of the largest size in base64, and the command before it.</summary>
    internal const int MaxLineOctets = (SaslServer.MaxMessageOctets / 3 * 4) + 64;

    private static readonly SmtpReply Succeeded = SmtpReply.Of(235, "2.7.0", "authentication succeeded");
    private static readonly SmtpReply UnknownMechanism = SmtpReply.Of(504, "5.5.4", "mechanism is not offered");
    private static readonly SmtpReply Again = SmtpReply.Of(503, "5.5.1", "already authenticated");
    private static readonly SmtpReply Malformed = SmtpReply.Of(501, "5.5.2", "cannot decode the response");
    private static readonly SmtpReply Cancelled = SmtpReply.Of(501, "5.7.0", "authentication cancelled");
    private static readonly SmtpReply TooLong = SmtpReply.Of(500, "5.5.6", "authentication exchange line is too long");

    public static SmtpCommand Parse(ref SmtpReader reader)
    {
        var mechanism = reader.Word();
        if (mechanism.IsEmpty) throw Replies.Syntax("a mechanism is expected");
        var name = Encoding.ASCII.GetString(mechanism).ToUpperInvariant();
        var initial = reader.Word();
        reader.End();
        if (initial.IsEmpty) return new Auth(name, null, false);
        // "=" is a response of no octets (RFC 4954 §4).
        var decoded = initial.SequenceEqual("="u8) ? [] : Decode(initial);
        return new Auth(name, decoded, decoded is null);
    }

    public override async ValueTask<SmtpReply?> RunAsync(SmtpSession session, CancellationToken cancel)
    {
        if (Refusal(session) is { } refused) return refused;
        var server = SaslServer.Create(Mechanism, session.Logins!, session.Client);
        if (server is null) return UnknownMechanism;
        if (IsBadBase64) return Malformed;
        var step = await server.StartAsync(Initial is null ? (ReadOnlyMemory<byte>?)null : Initial, cancel);
        while (step == SaslStep.Continue)
        {
            session.Write(SmtpReply.Of(334, "", Convert.ToBase64String(server.Challenge.Span)));
            if (await session.ReadLineAsync(MaxLineOctets) is not { } line) return TooLong;
            if (line is [(byte)'*']) return Cancelled;
            if (Decode(line) is not { } response) return Malformed;
            step = await server.NextAsync(response, cancel);
        }
        return step == SaslStep.Malformed ? Malformed : Verdict(session, server.Result);
    }

    private static SmtpReply? Refusal(SmtpSession session)
    {
        if (session.Mode != SmtpMode.Submission || session.Logins is null) return Replies.NotImplemented;
        if (session.Account is not null) return Again;
        if (session.Transaction is not null) return Replies.NestedMail;
        // No password is asked for, and none that came along is looked at (RFC 4954 §6).
        if (!session.MayAuthenticate) return Replies.EncryptionRequired;
        return session.IsExtended ? null : Replies.HelloFirst;
    }

    private static SmtpReply Verdict(SmtpSession session, LoginResult result)
    {
        if (result.Account is { } account)
        {
            session.SetAuthenticated(account);
            return Succeeded;
        }
        if (result.Refusal is not (LoginRefusal.Busy or LoginRefusal.Temporary)) session.CountFailedLogin();
        var (code, enhanced) = Codes(result.Why!.Nature);
        return SmtpReply.Of(code, enhanced, result.AsciiSentence);
    }

    // RFC 4954 §6; which enhanced code goes with which reply, RFC 5248 §2.4: 535 has X.7.0 for what no other password would change,
    // X.7.8 for a wrong one, and X.7.13 tells a client not to ask for the password again.
    private static (int Code, string Enhanced) Codes(AccessNature nature) => nature switch
    {
        AccessNature.Wrong => (535, "5.7.8"),
        AccessNature.Disabled => (525, "5.7.13"),
        AccessNature.TooWeak => (534, "5.7.9"),
        AccessNature.Privacy => (538, "5.7.11"),
        AccessNature.Temporary => (454, "4.7.0"),
        _ => (535, "5.7.0"),
    };

    private static byte[]? Decode(ReadOnlySpan<byte> base64)
    {
        if (base64.IsEmpty) return [];
        if (base64.Length % 4 != 0 || !Base64.IsValid(base64)) return null;
        var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(base64.Length)];
        return Base64.DecodeFromUtf8(base64, decoded, out _, out var written) == System.Buffers.OperationStatus.Done ? decoded[..written] : null;
    }
}
