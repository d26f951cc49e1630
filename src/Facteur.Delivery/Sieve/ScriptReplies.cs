using System.Globalization;
using Facteur.Accounts;
using Facteur.Delivery.Receiving;
using Facteur.Delivery.Vacation;
using Facteur.Mail;
using Facteur.Sieve;
using Facteur.Storage;

namespace Facteur.Delivery.Sieve;

/// <summary>Messages that scripts send: replies while away, notifications, refusals that the sender reads as a message.</summary>
internal sealed class ScriptReplies(
    RecipientDirectory directory, AccountSettings settings, VacationResponder responder, ScriptMailboxes mailboxes, StateStore state, DeliveryOptions options, TimeProvider time)
{
    // RFC 5436 §2.7 asks for a limit: a list that goes wild must not become a flood at the other end.
    private const int MaxNotificationsAnHour = 60;

    /// <summary>Null when the rules let none go (RFC 5230 §4.5, §4.6, RFC 3834).</summary>
    public async ValueTask<ScriptReply?> VacationAsync(AccountRecord account, VacationAction vacation, ScriptSubject subject, string recipient, CancellationToken cancel)
    {
        // What nobody answers costs no reading.
        if (subject.Sender.Length == 0) return null;
        var template = new ReplyTemplate(vacation.Subject, vacation.Reason, vacation.Interval, vacation.Key)
        {
            IsMime = vacation.IsMime, From = vacation.From, Addresses = [.. vacation.Addresses, recipient],
        };
        if (await responder.ReplyAsync(account, template, subject.Sender, await subject.HeaderAsync(cancel), cancel) is not { } reply) return null;
        var message = new OwnMessage(account.Id, account.Address, [reply.To], reply.Content, "vacation", reply.MessageId, reply.Subject)
        {
            Body = reply.Body, NeedsSmtpUtf8 = reply.NeedsSmtpUtf8, Transaction = subject.Envelope.Id,
        };
        return new ScriptReply(message, await CopyAsync(account.Id, vacation.Fcc, cancel));
    }

    /// <summary>Null when too many went within an hour.</summary>
    public async ValueTask<ScriptReply?> NotifyAsync(AccountRecord account, NotifyAction notify, ScriptSubject subject, string recipient, CancellationToken cancel)
    {
        var now = time.GetLocalNow();
        var space = string.Create(CultureInfo.InvariantCulture, $"sieve.notify:{account.Id.Value}");
        var hour = now.UtcDateTime.ToString("yyyyMMddHH", CultureInfo.InvariantCulture);
        if (await state.GetAsync(space, hour, cancel) is { First: >= MaxNotificationsAnHour }) return null;
        await state.AddAsync(space, [new StateChange(hour, 1, 0, null, now + TimeSpan.FromHours(2))], cancel);
        var from = await NotificationMessage.FromAsync(directory, account, notify.From, recipient, cancel);
        var written = NotificationMessage.Write(notify, from, account.Address, subject, options.HostName, now);
        var message = new OwnMessage(account.Id, from, [.. notify.Recipients.Select(one => one.ToString())], written.Content, "vacation", written.MessageId, written.Subject)
        {
            // RFC 5436 §2.7: what tells of a message without a sender has none itself.
            Sender = subject.Sender.Length == 0 ? "" : from, NeedsSmtpUtf8 = written.NeedsSmtpUtf8, Transaction = subject.Envelope.Id,
        };
        return new ScriptReply(message, await CopyAsync(account.Id, notify.Fcc, cancel));
    }

    /// <summary>The refusal of "reject" as a message to the sender (RFC 5429 §2.2.1).</summary>
    public async ValueTask<OwnMessage> RefusalAsync(AccountRecord account, RejectAction reject, ScriptSubject subject, string recipient, CancellationToken cancel)
    {
        var from = await directory.OwnsAsync(account.Id, recipient, cancel) ? recipient : account.Address;
        var written = RefusalMessage.Write(reject.Reason, from, recipient, subject, await subject.HeaderAsync(cancel), await settings.LocaleAsync(account, cancel), options.HostName, time.GetLocalNow());
        return new OwnMessage(account.Id, from, [subject.Sender], written.Content, "report", written.MessageId, written.Subject)
        {
            Body = BodyType.EightBitMime, NeedsSmtpUtf8 = written.NeedsSmtpUtf8, Transaction = subject.Envelope.Id,
        };
    }

    private async ValueTask<DeliveryTarget?> CopyAsync(AccountId account, SieveFcc? fcc, CancellationToken cancel) =>
        fcc is not null && await mailboxes.FindAsync(account, fcc.Target, cancel) is { } mailbox
            ? new DeliveryTarget(mailbox.Id, ScriptMailboxes.Flags(fcc.Flags), time.GetLocalNow()) : null;
}

/// <summary>A message as it was written.</summary>
/// <param name="MessageId">Without brackets.</param>
internal sealed record WrittenMessage(byte[] Content, string MessageId, string Subject, bool NeedsSmtpUtf8);
