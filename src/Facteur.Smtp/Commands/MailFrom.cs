using Facteur.Smtp.Wire;

namespace Facteur.Smtp.Commands;

/// <summary>MAIL: begins a transaction with its sender.</summary>
// RFC 5321 §4.1.1.2, parameters of RFC 1870, 3461, 4865, 4954 §5, 6152, 6531, 8689
internal sealed record MailFrom(EnvelopeAddress? Sender, MailParameters Parameters) : SmtpCommand
{
    public static SmtpCommand Parse(ref SmtpReader reader)
    {
        reader.Prefix("FROM"u8);
        var sender = reader.Path("5.1.7");
        return new MailFrom(sender, MailParameters.Parse(ref reader));
    }

    public override async ValueTask<SmtpReply?> RunAsync(SmtpSession session, CancellationToken cancel)
    {
        if (Refusal(session) is { } refused) return refused;
        var envelope = new Envelope
        {
            Id = session.NextTransactionId(),
            Sender = Sender,
            DeclaredSize = Parameters.Size,
            Body = Parameters.Body,
            SmtpUtf8 = Parameters.SmtpUtf8,
            Return = Parameters.Return,
            EnvelopeId = Parameters.EnvelopeId,
            RequireTls = Parameters.RequireTls,
            Release = Parameters.Release?.From(session.Connection.Time.GetUtcNow()),
        };
        var transaction = new Transaction(envelope, session.Handoff.Open(session.Peer, envelope));
        session.Begin(transaction);
        if (await transaction.Handoff.CheckSenderAsync(cancel) is not { } refusal) return Replies.SenderOk;
        var reply = SmtpReply.Of(refusal);
        session.LogRefused(envelope, reply);
        await session.ResetAsync();
        return reply;
    }

    private SmtpReply? Refusal(SmtpSession session)
    {
        // First what the client has to do before any mail (RFC 3207 §4, RFC 4954 §6).
        if (session is { Mode: SmtpMode.Submission, Account: null })
            return session.MayAuthenticate || !session.Connection.CanStartTls ? Replies.AuthenticationRequired : Replies.StartTlsFirst;
        if (session.Hello is null) return session.Mode == SmtpMode.Lmtp ? Replies.LhloFirst : Replies.HelloFirst;
        if (session.Transaction is not null) return Replies.NestedMail;
        if (ExtensionRefusal(session) is { } unknown) return unknown;
        if (Parameters.Size > session.Options.MaxMessageOctets) return Replies.MessageTooLarge; // RFC 1870 §6.1
        if (Sender is { Domain: "" }) return SmtpReply.Of(553, "5.1.7", "the sender has no domain");
        // RFC 6531 §3.5
        return Sender is { IsInternational: true } && !Parameters.SmtpUtf8
            ? SmtpReply.Of(550, "5.6.7", "a sender beyond ASCII takes SMTPUTF8")
            : null;
    }

    // What EHLO does not offer here is not known here (RFC 5321 §4.1.1.11).
    private SmtpReply? ExtensionRefusal(SmtpSession session)
    {
        if (Parameters.RequireTls && !session.Connection.IsEncrypted)
            return SmtpReply.Of(555, "5.5.4", "REQUIRETLS takes a connection under TLS"); // RFC 8689 §2
        if (Parameters.Release is not { } release) return null;
        if (!FutureRelease.IsOffered(session))
            return SmtpReply.Of(555, "5.5.4", $"parameter {release.Keyword} is not known here");
        var now = session.Connection.Time.GetUtcNow();
        return release.From(now).Until > now + session.Options.MaxFutureRelease // RFC 4865 §4.2
            ? SmtpReply.Of(501, "5.5.4", $"{release.Keyword} is further ahead than FUTURERELEASE allows")
            : null;
    }
}
