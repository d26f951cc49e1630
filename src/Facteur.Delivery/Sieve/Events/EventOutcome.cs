using Facteur.Delivery.Receiving;
using Facteur.Delivery.Tracing;
using Facteur.Mail;
using Facteur.Sieve;
using Facteur.Storage;

namespace Facteur.Delivery.Sieve.Events;

/// <summary>
/// What a script decided of a message that is in a mailbox, as what the store commits (RFC 6785 §3). The message never changes but in its flags; "fileinto" and
/// "redirect" make messages of their own; who does not keep it marks it as deleted.
/// </summary>
internal sealed class EventOutcome(MailHandoff handoff, EventScript script, ScriptSubject subject, IReadOnlyList<string> flags, DateTimeOffset internalDate) : IAsyncDisposable
{
    private const string Deleted = @"\Deleted";

    private readonly ScriptRows rows = new(subject, script.Account.Id, script.Account.Address);
    private readonly List<DeliveryTarget> targets = [];
    private readonly List<TraceEvent> told = [];
    private readonly List<Storage.Delivery> others = [];
    private IReadOnlyList<string>? changedFlags;

    /// <summary>Flags and keywords that the message gets and loses.</summary>
    public FlagSet Add => ScriptMailboxes.Flags([.. FinalFlags.Except(flags, StringComparer.OrdinalIgnoreCase)]);
    public FlagSet Remove => ScriptMailboxes.Flags([.. flags.Except(FinalFlags, StringComparer.OrdinalIgnoreCase)]);

    /// <summary>It is marked as deleted now and was not before.</summary>
    public bool IsDeleted => Add.System.Has(MessageFlags.Deleted);

    /// <summary>What redirects sent, for the daily limits of the account.</summary>
    public EventRedirects Redirects { get; } = new(handoff, script.Account, subject);

    private IReadOnlyList<string> FinalFlags => changedFlags ?? flags;
    private SieveDelivery Sieve => handoff.Services.Sieve;

    public async ValueTask ApplyAsync(ScriptChain chain, CancellationToken cancel)
    {
        var keep = chain.Actions.Select(one => one.Action).OfType<KeepAction>().FirstOrDefault();
        changedFlags = keep?.Flags ?? chain.Flags;
        var stays = keep is not null;
        foreach (var action in chain.Actions) stays |= !await ApplyAsync(action, cancel);
        if (!stays) changedFlags = [.. FinalFlags.Append(Deleted).Distinct(StringComparer.OrdinalIgnoreCase)]; // RFC 6785 §2.2.4
    }

    /// <summary>One commit; the message itself first, if it goes anywhere.</summary>
    public IReadOnlyList<Storage.Delivery> Deliveries() =>
        targets.Count + told.Count == 0 ? others : [new Storage.Delivery(subject.Message, targets) { Trace = told }, .. others];

    public async ValueTask DisposeAsync()
    {
        Redirects.Dispose();
        foreach (var delivery in others) await delivery.Message.DisposeAsync();
    }

    /// <summary>False when it cannot be done: then the message is kept.</summary>
    private ValueTask<bool> ApplyAsync(SteppedAction action, CancellationToken cancel) => action.Action switch
    {
        FileIntoAction into => FileIntoAsync(action, into, cancel),
        RedirectAction redirect => RedirectAsync(action, redirect, cancel),
        NotifyAction notify => NotifyAsync(action, notify, cancel),
        _ => new(true),
    };

    // RFC 6785 §3.3: a message of its own, in any case, with the flags of the original but for the mark that takes it away.
    private async ValueTask<bool> FileIntoAsync(SteppedAction by, FileIntoAction into, CancellationToken cancel)
    {
        if (await Sieve.Mailboxes.FindAsync(script.Account.Id, into.Target, cancel) is not { } mailbox) return false;
        var own = flags.Contains(Deleted, StringComparer.OrdinalIgnoreCase) ? into.Flags.Where(flag => !flag.Equals(Deleted, StringComparison.OrdinalIgnoreCase)) : into.Flags;
        var target = new DeliveryTarget(mailbox.Id, ScriptMailboxes.Flags([.. own]), internalDate);
        var row = rows.Stored(mailbox.Name, by, null);
        if (into.Edited is { } edited)
        {
            var copy = await EditedCopies.MakeAsync(handoff.Store, subject, edited, cancel);
            others.Add(new Storage.Delivery(copy.Message, [target]) { Trace = [row] });
        }
        else
        {
            targets.Add(target);
            told.Add(row);
        }
        return true;
    }

    private async ValueTask<bool> RedirectAsync(SteppedAction by, RedirectAction redirect, CancellationToken cancel)
    {
        var to = redirect.Address.ToString();
        var (delivery, refusal) = await Redirects.MakeAsync(to, redirect.Edited ?? subject.Message, cancel);
        if (delivery is null)
        {
            told.Add(rows.Done("redirect-failed", by, to, TraceReason.Said(refusal)));
            return false;
        }
        others.Add(delivery with { Trace = [rows.Done("redirect", by, to), .. delivery.Trace] });
        return true;
    }

    /// <summary>A notification is sent beside whatever becomes of the message (RFC 6785 §3.6): that it cannot be sent keeps nothing.</summary>
    private async ValueTask<bool> NotifyAsync(SteppedAction by, NotifyAction notify, CancellationToken cancel)
    {
        var to = string.Join(", ", notify.Recipients);
        if (await Sieve.Replies.NotifyAsync(script.Account, notify, subject, script.Account.Address, cancel) is not { } reply)
            told.Add(rows.Done("notify-failed", by, to, TraceText.Reason("TooManyNotices")));
        else if (await handoff.Services.Own.PrepareAsync(reply.Message, reply.Copy, cancel) is { } delivery)
            others.Add(delivery with { Trace = [.. delivery.Trace, rows.Done("notify", by, to)] });
        return true;
    }
}
