using Facteur.Delivery.Queue;
using Facteur.Delivery.Receiving;
using Facteur.Delivery.Recipients;
using Facteur.Mail;
using Facteur.Storage;
using Facteur.Storage.Queue;

namespace Facteur.Delivery.Sieve.Events;

/// <summary>
/// Sends a message of a mailbox on, as its owner would submit it (RFC 6785 §3.4, RFC 6409 §8): from the owner's address, counted for the owner's daily limits,
/// without fields that are nobody else's business and with the line ends of the wire.
/// </summary>
internal sealed class EventRedirects(MailHandoff handoff, AccountRecord account, ScriptSubject subject) : IDisposable
{
    private readonly SendingAllowance allowance = handoff.Services.Outbound.Limits.Open(account.Id);
    private readonly ReversePath places = new(handoff.Services.Router);
    private ForwardTrail? trail;

    /// <summary>What to commit, or why it cannot be sent.</summary>
    public async ValueTask<(Storage.Delivery? Delivery, string Refusal)> MakeAsync(string to, IMessageSource message, CancellationToken cancel)
    {
        trail ??= ForwardTrail.Read((await subject.HeaderAsync(cancel)).Span);
        if (trail.Holds(account.Address)) return (null, "the message went this way before");
        var found = await places.FindAsync(to, null, cancel);
        if (found.Accounts.Count + found.Addresses.Count == 0) return (null, "nobody takes mail at this address");
        foreach (var address in found.Addresses)
            if (await allowance.AddAsync(address, cancel) is { } refusal) return (null, refusal.Text);
        await using var draft = await StoredDraft.OpenAsync(new Borrowed(message), cancel);
        if (draft.IsHeaderTooLong) return (null, "the header of the message is too long");
        var intake = await TakeInAsync(draft, cancel);
        try
        {
            var targets = await new ServerMail(handoff.Store, handoff.Time).TargetsAsync(found.Accounts, cancel);
            IReadOnlyList<QueueSubmission> queued = found.Addresses.Count == 0 ? [] : [await QueueAsync(draft, intake, found.Addresses, cancel)];
            var rows = found.Addresses.Select(address => TraceRows.Forwarded(subject.Arrived, subject.Envelope, subject.MessageId, account.Id, address));
            return (new Storage.Delivery(intake, targets) { Queued = queued, Trace = [.. rows] }, "");
        }
        catch
        {
            await intake.DisposeAsync();
            throw;
        }
    }

    /// <summary>They are in the queue.</summary>
    public async ValueTask CommitAsync(CancellationToken cancel)
    {
        allowance.Commit();
        await allowance.WriteAsync(cancel);
    }

    public void Dispose() => allowance.Dispose();

    private async ValueTask<MessageIntake> TakeInAsync(StoredDraft draft, CancellationToken cancel)
    {
        var intake = handoff.Store.BeginMessage(draft.Length);
        try
        {
            await draft.WriteAsync(
                async (octets, stop) =>
                {
                    await intake.WriteAsync(octets, stop);
                    return true;
                },
                cancel);
            await intake.CompleteAsync(cancel);
            return intake;
        }
        catch
        {
            await intake.DisposeAsync();
            throw;
        }
    }

    private async ValueTask<QueueSubmission> QueueAsync(StoredDraft draft, MessageIntake intake, IReadOnlyList<string> addresses, CancellationToken cancel)
    {
        var (body, needsUtf8) = await draft.LookAsync(cancel);
        var seal = await handoff.Seal.WriteAsync(intake, 0, account.Address, cancel);
        var message = new QueueMessage
        {
            Account = account.Id, Transaction = subject.Envelope.Id, Sender = account.Address, Body = body, SmtpUtf8 = needsUtf8, Kind = "forward",
            Prefix = (byte[])[.. ForwardTrail.Field(account.Address), .. seal.Span], MessageId = subject.MessageId, Subject = subject.Facts.Subject,
            Locale = await handoff.LocaleAsync(account.Id, cancel),
        };
        return await handoff.Services.Outbound.PrepareAsync(message, [.. addresses.Select(address => new OutboundRecipient(address))], cancel);
    }

    /// <summary>Octets that are closed by somebody else.</summary>
    private sealed class Borrowed(IMessageSource source) : IMessageSource
    {
        public long Length => source.Length;

        public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancel) => source.ReadAsync(offset, buffer, cancel);
    }
}
