using System.Globalization;
using System.Text;
using Facteur.Mail;
using Facteur.Smtp.Client.Wire;

namespace Facteur.Smtp.Client;

/// <summary>
/// One mail transaction (RFC 5321 §3.3): MAIL, RCPT for each recipient, the content, its answer. With PIPELINING the commands up to
/// DATA go out at once and all answers are looked at (RFC 2920 §3.1).
/// </summary>
internal sealed partial class MailTransaction
{
    private readonly SmtpClientSession session;
    private readonly OutgoingEnvelope envelope;
    private readonly OutgoingContent content;
    private readonly AttemptOutcome?[] outcomes;
    private readonly WirePath?[] paths;
    private readonly List<int> accepted = [];
    private WirePath sender;
    private ContentNeeds needs;
    private bool usesSmtpUtf8;
    private bool wasEnded;   // the end of the content may have left
    private CancellationToken cancel;

    public MailTransaction(SmtpClientSession session, OutgoingEnvelope envelope, OutgoingContent content)
    {
        this.session = session;
        this.envelope = envelope;
        this.content = content;
        outcomes = new AttemptOutcome?[envelope.Recipients.Count];
        paths = new WirePath?[envelope.Recipients.Count];
    }

    /// <summary>One for each recipient, once <see cref="RunAsync"/> has returned.</summary>
    public IReadOnlyList<AttemptOutcome> Outcomes => outcomes!;

    private PeerCapabilities Peer => session.Capabilities;
    private ClientWire Wire => session.Wire;

    /// <summary>False: the connection is of no more use.</summary>
    public async ValueTask<bool> RunAsync(CancellationToken cancelled)
    {
        cancel = cancelled;
        try
        {
            if (!await PrepareAsync()) return true;
            if (!await EnvelopeAsync()) return true;
            return await ContentAsync();
        }
        catch (WireException e)
        {
            var stage = session.Stage == SmtpStage.Connect ? SmtpStage.Mail : session.Stage;
            Settle(session.Lost(e, stage, wasEnded));
            return false;
        }
        catch (ContentException e)
        {
            Settle(session.Outcome(SmtpStage.Data, AttemptVerdict.TemporaryFailure, "4.3.0", e.Message));
            return session.Stage != SmtpStage.Data; // in the middle of the content only closing tells the peer that it is not whole
        }
    }

    /// <summary>What can be known before a word is said. False: there is nobody left to send to.</summary>
    private async ValueTask<bool> PrepareAsync()
    {
        var parsed = envelope.Sender.Length == 0 ? WirePath.Empty : WirePath.Parse(envelope.Sender);
        if (parsed is null) return Refuse(SmtpStage.Mail, "5.1.7", "the sender's address cannot be written in SMTP");
        sender = parsed.Value;
        if (Peer.MaxSize > 0 && content.Length > Peer.MaxSize)
            return Refuse(SmtpStage.Mail, "5.3.4", string.Create(CultureInfo.InvariantCulture, $"the message has {content.Length} octets, the host takes {Peer.MaxSize}"));
        if (envelope.RequireTls && sender.Text.Length > 0 && !(Peer.RequireTls && session.Tls is { Verification: not TlsVerification.None }))
            return Refuse(SmtpStage.Mail, session.Tls is null ? "5.7.10" : "5.7.30", "the sender asks for REQUIRETLS, and the host cannot do it"); // RFC 8689 §4.2.1
        await ScanAsync();
        PrepareRecipients();
        if (needs.EightBit && !Peer.EightBitMime && !Peer.SmtpUtf8)
            return Refuse(SmtpStage.Mail, "5.6.3", "the message has 8-bit content, which the host does not take"); // RFC 6152 §3: converting is the other choice
        return outcomes.Any(outcome => outcome is null);
    }

    private async ValueTask ScanAsync()
    {
        var isDeclared = envelope.Body == BodyType.EightBitMime;
        var looksAtAll = envelope.Body == BodyType.Unstated || (isDeclared && !Peer.EightBitMime);
        if (looksAtAll || envelope.SmtpUtf8) needs = await ContentScan.RunAsync(content, headerOnly: !looksAtAll, cancel);
        if (isDeclared && Peer.EightBitMime) needs = needs with { EightBit = true };
        usesSmtpUtf8 = envelope.SmtpUtf8 && needs.EightBitHeader;
    }

    // RFC 6531 §3.4: the parameter is given when, and only when, an address or the header needs it.
    private void PrepareRecipients()
    {
        var used = sender.NeedsSmtpUtf8 || usesSmtpUtf8;
        for (var i = 0; i < outcomes.Length; i++)
        {
            paths[i] = WirePath.Parse(envelope.Recipients[i].Address);
            if (paths[i] is not { } path)
                outcomes[i] = session.Outcome(SmtpStage.Rcpt, AttemptVerdict.PermanentFailure, "5.1.3", "the recipient's address cannot be written in SMTP");
            else if (!Peer.SmtpUtf8 && (path.NeedsSmtpUtf8 || sender.NeedsSmtpUtf8))
                outcomes[i] = session.Outcome(SmtpStage.Rcpt, AttemptVerdict.PermanentFailure, "5.6.7", "an address has letters beyond ASCII, which the host does not take");
            else if (!Peer.SmtpUtf8 && usesSmtpUtf8)
                outcomes[i] = session.Outcome(SmtpStage.Mail, AttemptVerdict.PermanentFailure, "5.6.9", "the header is in UTF-8, which the host does not take");
            else
                used |= path.NeedsSmtpUtf8;
        }
        usesSmtpUtf8 = used;
    }

    /// <summary>MAIL and RCPT. False: the content is not to be sent.</summary>
    private async ValueTask<bool> EnvelopeAsync()
    {
        if (session.NeedsReset)
        {
            session.Enter(SmtpStage.Rset);
            Wire.Command(SmtpStage.Rset, "RSET");
            if (!Peer.Pipelining) await FlushAsync();
        }
        var recipients = Enumerable.Range(0, outcomes.Length).Where(i => outcomes[i] is null).ToList();
        var byData = !UsesChunks;
        if (Peer.Pipelining)
        {
            Wire.Command(SmtpStage.Mail, MailLine());
            foreach (var i in recipients) Wire.Command(SmtpStage.Rcpt, RcptLine(i));
            if (byData) Wire.Command(SmtpStage.Data, "DATA");
            await FlushAsync();
        }
        if (session.NeedsReset) await ReadResetAsync();
        var isMailTaken = await MailAsync();
        foreach (var i in recipients)
            if (isMailTaken || Peer.Pipelining) await RcptAsync(i, isMailTaken);
        return byData ? await DataAsync() : accepted.Count > 0;
    }

    private async ValueTask ReadResetAsync()
    {
        var reply = await Wire.ReadReplyAsync(SmtpStage.Rset, session.Options.CommandTimeout);
        if (!reply.IsPositive) throw new WireException(WireFault.Nonsense, $"the host refuses RSET with {reply.Code}");
        session.NeedsReset = false;
    }

    private async ValueTask<bool> MailAsync()
    {
        session.Enter(SmtpStage.Mail);
        if (!Peer.Pipelining)
        {
            Wire.Command(SmtpStage.Mail, MailLine());
            await FlushAsync();
        }
        var reply = await Wire.ReadReplyAsync(SmtpStage.Mail, session.Options.CommandTimeout);
        if (reply.IsPositive)
        {
            session.NeedsReset = true;
            return true;
        }
        Settle(Failed(SmtpStage.Mail, reply));
        return false;
    }

    private async ValueTask RcptAsync(int i, bool isMailTaken)
    {
        session.Enter(SmtpStage.Rcpt);
        if (!Peer.Pipelining)
        {
            Wire.Command(SmtpStage.Rcpt, RcptLine(i));
            await FlushAsync();
        }
        var reply = await Wire.ReadReplyAsync(SmtpStage.Rcpt, session.Options.CommandTimeout);
        if (!isMailTaken) return; // 503 most likely; what counts is the answer to MAIL
        if (reply.IsPositive) accepted.Add(i);
        // A bare 552 to RCPT has meant "too many recipients" since before 452 did (RFC 5321 §4.5.3.1.10).
        else if (reply is { Code: 552, EnhancedCode: null }) outcomes[i] = session.Outcome(SmtpStage.Rcpt, AttemptVerdict.TemporaryFailure, "4.5.3", reply.Text, reply.Code);
        else outcomes[i] = Failed(SmtpStage.Rcpt, reply);
    }

    private string MailLine()
    {
        var line = new StringBuilder("MAIL FROM:<", 200).Append(sender.Text).Append('>');
        if (Peer.Size) line.Append(CultureInfo.InvariantCulture, $" SIZE={content.Length}"); // RFC 1870 §4
        if (needs.EightBit && Peer.EightBitMime) line.Append(" BODY=8BITMIME");
        if (usesSmtpUtf8) line.Append(" SMTPUTF8");
        if (Peer.RequireTls && envelope.RequireTls && session.Tls is not null) line.Append(" REQUIRETLS");
        if (!Peer.Dsn) return line.ToString();
        // RFC 8689 §5: a report of a message with REQUIRETLS returns no content.
        if (envelope.Return != DsnReturn.Unstated) line.Append(envelope is { Return: DsnReturn.Full, RequireTls: false } ? " RET=FULL" : " RET=HDRS");
        if (envelope.EnvelopeId is { Length: > 0 } id && XtextWriter.Xtext(id) is { Length: <= 100 } xtext) line.Append(" ENVID=").Append(xtext);
        return line.ToString();
    }

    private string RcptLine(int i)
    {
        var line = new StringBuilder("RCPT TO:<", 200).Append(paths[i]!.Value.Text).Append('>');
        if (!Peer.Dsn) return line.ToString();
        var recipient = envelope.Recipients[i];
        if (recipient.Notify == DsnNotify.Never) line.Append(" NOTIFY=NEVER");
        else if (recipient.Notify != DsnNotify.Unstated) line.Append(" NOTIFY=").AppendJoin(',', Words(recipient.Notify));
        if (recipient.Original is { } original && XtextWriter.OriginalRecipient(original) is { Length: <= 500 } text && IsAtom(original.AddressType)) line.Append(" ORCPT=").Append(text);
        return line.ToString();
    }

    private static IEnumerable<string> Words(DsnNotify notify)
    {
        if (notify.HasFlag(DsnNotify.Success)) yield return "SUCCESS";
        if (notify.HasFlag(DsnNotify.Failure)) yield return "FAILURE";
        if (notify.HasFlag(DsnNotify.Delay)) yield return "DELAY";
    }

    private static bool IsAtom(string text) => text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    private ValueTask FlushAsync() => Wire.FlushAsync(session.Options.BlockTimeout);

    private AttemptOutcome Failed(SmtpStage stage, ClientReply reply) => reply.Code >= 400
        ? session.Outcome(stage, reply.FailureVerdict, reply.EnhancedOrDefault, reply.Text, reply.Code)
        : session.Outcome(stage, AttemptVerdict.TemporaryFailure, "4.5.0", $"the host answers with {reply.Code}, which says neither yes nor no", reply.Code);

    private bool Refuse(SmtpStage stage, string enhancedCode, string text)
    {
        Settle(session.Outcome(stage, AttemptVerdict.PermanentFailure, enhancedCode, text));
        return false;
    }

    /// <summary>The same for all recipients that have no outcome yet.</summary>
    private void Settle(AttemptOutcome outcome)
    {
        for (var i = 0; i < outcomes.Length; i++) outcomes[i] ??= outcome;
    }
}
