using Facteur.Accounts;
using Facteur.Delivery.Receiving;
using Facteur.Delivery.Recipients;
using Facteur.Delivery.Tracing;
using Facteur.Mail;
using Facteur.Sieve;
using Facteur.Smtp;
using Facteur.Storage;

namespace Facteur.Delivery.Sieve;

/// <summary>
/// Runs the scripts of all accounts that a message is for, follows where they send it on, and says what is left. Each account's scripts run once for a
/// message, however many ways lead to it, so that accounts that redirect to each other end by themselves.
/// </summary>
internal sealed class ScriptStage(MailHandoff handoff, ScriptSubject subject)
{
    // Accounts that redirects lead to, one after another; more are a mailing list that somebody should make.
    private const int MaxAccounts = 100;

    private readonly Queue<Item> waiting = new();
    private readonly HashSet<AccountId> taken = [];
    private readonly List<RoutedRecipient> added = [];
    private readonly Dictionary<IMessageSource, EditedCopy> copies = new(ReferenceEqualityComparer.Instance);
    private ForwardTrail? trail;

    private SieveDelivery Sieve => handoff.Services.Sieve;

    /// <summary>A way to an account.</summary>
    /// <param name="Copy">What is delivered there; null for the message as it came.</param>
    /// <param name="Redirector">Whose script led there; null when the envelope did.</param>
    private sealed record Item(RoutedRecipient Routed, LocalLeaf Leaf, string Recipient, EditedCopy? Copy, AccountId? Redirector);

    public async ValueTask<ScriptedMessage> RunAsync(List<RoutedRecipient> recipients, CancellationToken cancel)
    {
        var scripted = new ScriptedMessage(recipients);
        try
        {
            foreach (var routed in recipients)
                foreach (var leaf in routed.Local) waiting.Enqueue(new Item(routed, leaf, routed.Recipient.Address.ToString(), null, null));
            while (waiting.TryDequeue(out var item))
                if (taken.Add(item.Leaf.Account.Id)) await TakeAsync(scripted, item, cancel);
            if (scripted.Decisions.Count > 0) Settle(scripted);
            return scripted;
        }
        catch
        {
            await scripted.DisposeAsync();
            throw;
        }
    }

    private async ValueTask TakeAsync(ScriptedMessage scripted, Item item, CancellationToken cancel)
    {
        var account = item.Leaf.Account;
        var steps = await Sieve.StepsAsync(account.Id, cancel);
        if (steps.Count == 0 && item.Copy is null) return;
        var decision = new ScriptDecision(item.Leaf, item.Recipient);
        scripted.Decisions.Add(account.Id, decision);
        var outcome = new ScriptOutcome(handoff, subject, item.Leaf, item.Recipient, decision);
        if (steps.Count == 0)
        {
            await outcome.KeepAsync(cancel);
            await PlaceAsync(scripted, item, decision, cancel);
            return;
        }
        var source = item.Copy?.Message ?? subject.Message;
        var root = item.Copy is null ? subject.Root : await ScriptChain.PartsAsync(source, cancel);
        var context = ScriptContexts.Of(subject, item.Recipient, subject.Verdict?.For(account.Id), handoff.Options.HostName, handoff.Time);
        var chain = await Sieve.RunAsync(account, steps, source, root, context, cancel);
        await outcome.ApplyAsync(chain, cancel);
        foreach (var redirect in outcome.Redirects) await RedirectAsync(scripted, item, outcome, redirect, cancel);
        await outcome.FinishAsync(cancel);
        await PlaceAsync(scripted, item, decision, cancel);
    }

    /// <summary>Each mailbox gets the copy meant for it, with the row that tells of it.</summary>
    private async ValueTask PlaceAsync(ScriptedMessage scripted, Item item, ScriptDecision decision, CancellationToken cancel)
    {
        foreach (var place in decision.Places)
        {
            var target = new DeliveryTarget(place.Mailbox, place.Flags, subject.Arrived);
            var copy = place.Edited is { } edited ? await CopyAsync(scripted, edited, cancel) : item.Copy;
            (copy?.Targets ?? decision.Targets).Add(target);
            (copy?.Rows ?? decision.Rows).Add(place.Row);
        }
    }

    /// <summary>Where an address leads: mailboxes here, with scripts of their own, and hosts elsewhere. Where that is nowhere, the account keeps the message.</summary>
    private async ValueTask RedirectAsync(ScriptedMessage scripted, Item item, ScriptOutcome outcome, SteppedAction redirect, CancellationToken cancel)
    {
        var action = (RedirectAction)redirect.Action;
        var to = action.Address.ToString();
        trail ??= ForwardTrail.Read((await subject.HeaderAsync(cancel)).Span);
        if (trail.Holds(item.Leaf.Via))
        {
            outcome.RedirectFailed(redirect, TraceText.Reason("WentBefore"));
            return;
        }
        var way = await handoff.Services.Router.RedirectAsync(item.Routed, item.Leaf, action.Address, subject.Sender, outcome.KeepsCopy, cancel);
        if (way.Refusal is { } refusal)
        {
            outcome.RedirectFailed(redirect, TraceReason.Said(refusal.Text)!);
            return;
        }
        var fresh = way.Local.Where(leaf => !taken.Contains(leaf.Account.Id)).ToList();
        var arrives = way.Remote.Count > 0 || fresh.Count > 0 || way.Local.Any(leaf => leaf.Account.Id != item.Leaf.Account.Id && HasIt(scripted, leaf.Account.Id));
        if (!arrives || taken.Count + fresh.Count > MaxAccounts)
        {
            outcome.RedirectFailed(redirect, TraceText.Reason("LeadsBack"));
            return;
        }
        var copy = action.Edited is null ? item.Copy : await CopyAsync(scripted, action.Edited, cancel);
        if (copy is null) added.Add(way);
        else copy.Recipients.Add(way with { Local = [] });
        foreach (var leaf in fresh) waiting.Enqueue(new Item(way, leaf, to, copy, item.Leaf.Account.Id));
        outcome.Redirected(redirect, to);
    }

    /// <summary>The account has it in a mailbox, or will.</summary>
    private static bool HasIt(ScriptedMessage scripted, AccountId account) => !scripted.Decisions.TryGetValue(account, out var decision) || decision.Places.Count > 0;

    private async ValueTask<EditedCopy> CopyAsync(ScriptedMessage scripted, IMessageSource edited, CancellationToken cancel)
    {
        if (copies.TryGetValue(edited, out var known)) return known;
        var copy = await EditedCopies.MakeAsync(handoff.Store, subject, edited, cancel);
        copies.Add(edited, copy);
        scripted.Copies.Add(copy);
        return copy;
    }

    /// <summary>Who refused it is answered in the session where all do, or each has an answer; else by a message.</summary>
    private void Settle(ScriptedMessage scripted)
    {
        var decisions = scripted.Decisions;
        var hasEach = subject.Peer.Mode == SmtpMode.Lmtp;
        var refused = scripted.Recipients.Where(routed => RefusedBy(routed, decisions) is not null).ToList();
        var inSession = subject.Peer.Mode switch
        {
            SmtpMode.Lmtp => refused,
            SmtpMode.Mx when refused.Count == scripted.Recipients.Count => refused,
            _ => [],
        };
        foreach (var routed in inSession) scripted.Refusals.Add(routed, ScriptRefusals.Answer(RefusedBy(routed, decisions)!));
        if (inSession.Count > 0 && inSession.Count == scripted.Recipients.Count) scripted.Refusal = scripted.Refusals[inSession[0]];
        var answered = hasEach || scripted.Refusal is not null ? inSession.SelectMany(routed => routed.Local).Select(leaf => leaf.Account.Id).ToHashSet() : [];
        foreach (var (account, decision) in decisions)
            decision.OwesRefusal = decision.Reject is not null && !answered.Contains(account) && subject.Sender.Length > 0 && !subject.IsJunk(account);
        scripted.Recipients = [.. scripted.Recipients.Where(routed => !scripted.Refusals.ContainsKey(routed)).Concat(added).Select(routed => Left(routed, decisions)).Where(routed => routed.Local.Count + routed.Remote.Count > 0 || routed.OwesExpanded)];
    }

    /// <summary>What refuses the recipient as a whole, in words that an answer can carry; null when somebody takes it.</summary>
    private static RejectAction? RefusedBy(RoutedRecipient routed, Dictionary<AccountId, ScriptDecision> decisions)
    {
        if (routed.Local.Count == 0) return null;
        RejectAction? first = null;
        foreach (var leaf in routed.Local)
        {
            if (!decisions.TryGetValue(leaf.Account.Id, out var decision) || decision.Reject is not { } reject || !ScriptRefusals.CanAnswer(reject)) return null;
            first ??= reject;
        }
        return routed.Remote.All(leaf => leaf.ForwardedBy is { } by && decisions.ContainsKey(by) && decisions[by].Reject is not null) ? first : null;
    }

    /// <summary>Without accounts that refused, and without forwards of accounts whose scripts threw it away.</summary>
    private static RoutedRecipient Left(RoutedRecipient routed, Dictionary<AccountId, ScriptDecision> decisions)
    {
        var local = routed.Local.Where(leaf => !decisions.TryGetValue(leaf.Account.Id, out var decision) || decision.Reject is null).ToList();
        var remote = routed.Remote.Where(leaf => leaf.ForwardedBy is not { } by || !decisions.TryGetValue(by, out var decision) || !decision.IsGone).ToList();
        return local.Count == routed.Local.Count && remote.Count == routed.Remote.Count ? routed : routed with { Local = local, Remote = remote };
    }
}
