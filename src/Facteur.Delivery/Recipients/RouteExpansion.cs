using Facteur.Accounts;
using Facteur.Mail;
using Facteur.Storage;

namespace Facteur.Delivery.Recipients;

/// <summary>An address to look up on the way from a recipient to its leaves.</summary>
/// <param name="LocalPart">Unquoted.</param>
internal sealed record RouteStep(string LocalPart, string Domain, DsnNotify Notify, string? OriginalRecipient)
{
    public int Depth { get; init; }

    /// <summary>The address of ours that led here, or null.</summary>
    public string? Via { get; init; }
    public string? ViaDomain { get; init; }
    public AccountId? ForwardedBy { get; init; }
    public bool KeepsEnvelope { get; init; } = true;
}

/// <summary>
/// Follows aliases and forwards breadth first. Bounds: <see cref="MaxDepth"/> steps one after another, <see cref="MaxLeaves"/> leaves; each
/// address and account once, so that circles end by themselves. Aliases propagate DSN parameters as RFC 3461 §5.2.7 (c) says, forwards of
/// accounts keep them from the target.
/// </summary>
internal sealed class RouteExpansion(RecipientDirectory directory, AccountSettings settings, SenderRewriting rewriting, string sender)
{
    public const int MaxDepth = 10;
    public const int MaxLeaves = 1_000;

    // Look-ups, most of which lead to leaves.
    private const int MaxSteps = 5_000;

    private readonly Queue<RouteStep> steps = new();
    private readonly HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<AccountId> accounts = [];
    private readonly List<(AccountId From, AccountId? To)> forwards = []; // To is null for an address elsewhere
    private bool? senderIsOurs;

    public List<LocalLeaf> Local { get; } = [];
    public List<RemoteLeaf> Remote { get; } = [];
    public bool OwesExpanded { get; private set; }
    public bool MetUnavailable { get; private set; }
    public bool HasTooMany { get; private set; }

    public static string DestinationOf(string domain) => DomainName.Normalize(domain) ?? domain.ToLowerInvariant();

    /// <param name="known">What the first step stands for, when that was looked up before.</param>
    public async ValueTask RunAsync(RouteStep first, RecipientMatch? known, CancellationToken cancel)
    {
        steps.Enqueue(first);
        for (var taken = 0; steps.TryDequeue(out var step); taken++)
        {
            if (taken >= MaxSteps || Local.Count + Remote.Count > MaxLeaves)
            {
                HasTooMany = true;
                return;
            }
            var match = known ?? (step.Domain.StartsWith('[') ? new RecipientMatch(RecipientKind.Foreign) : await directory.FindAsync(step.LocalPart, step.Domain, cancel));
            known = null;
            await TakeAsync(step, match, cancel);
        }
        KeepWhatGoesNowhere();
    }

    private async ValueTask TakeAsync(RouteStep step, RecipientMatch match, CancellationToken cancel)
    {
        switch (match.Kind)
        {
            case RecipientKind.Foreign:
                await AddRemoteAsync(step, cancel);
                break;
            case RecipientKind.Local:
                await AddLocalAsync(step, match, cancel);
                break;
            case RecipientKind.Alias:
                Follow(step, match);
                break;
            case RecipientKind.Unavailable:
                // One member of a list that is away does not keep the message from the others.
                MetUnavailable = true;
                break;
        }
    }

    private async ValueTask AddRemoteAsync(RouteStep step, CancellationToken cancel)
    {
        if (!MailAddress.TryCreate(step.LocalPart, step.Domain, out var address)) return;
        if (step.ForwardedBy is { } from) forwards.Add((from, null));
        if (!seen.Add(address.ToString())) return;
        Remote.Add(new RemoteLeaf(address.ToString(), DestinationOf(step.Domain), await SenderAsync(step, cancel), step.Notify, step.OriginalRecipient)
        {
            Via = step.Via, ForwardedBy = step.ForwardedBy, KeepsEnvelope = step.KeepsEnvelope,
        });
    }

    private async ValueTask AddLocalAsync(RouteStep step, RecipientMatch match, CancellationToken cancel)
    {
        var account = match.Account!;
        if (step.ForwardedBy is { } from) forwards.Add((from, account.Id));
        if (!accounts.Add(account.Id)) return;
        var via = match.Address?.Address ?? Normalized(step);
        var forward = await settings.ForwardAsync(account.Id, cancel);
        var targets = forward?.Targets.Where(target => target.IsUsed).ToList() ?? [];
        var keep = targets.Count == 0 ? ForwardKeep.Keep : forward!.Keep;
        Local.Add(new LocalLeaf(account, via, step.Notify, step.OriginalRecipient) { Detail = match.Detail, Address = match.Address, Keep = keep, ForwardedBy = step.ForwardedBy });
        if (step.Depth >= MaxDepth) return;
        foreach (var target in targets)
            if (EmailAddress.TryParse(target.Address, out var parsed))
                steps.Enqueue(new RouteStep(parsed.LocalPart, parsed.Domain, ForwardNotify(step.Notify, keep), null)
                {
                    Depth = step.Depth + 1, Via = via, ViaDomain = match.Domain!.Name, ForwardedBy = account.Id, KeepsEnvelope = false,
                });
    }

    /// <summary>An account that keeps nothing does so only when its forward arrives somewhere; where it does not, the last account on the way keeps its copy.</summary>
    private void KeepWhatGoesNowhere()
    {
        if (!Local.Exists(leaf => leaf.Keep == ForwardKeep.Delete)) return;
        var arrived = Local.Where(leaf => leaf.Keep != ForwardKeep.Delete).Select(leaf => leaf.Account.Id).ToHashSet();
        Spread(arrived);
        for (var i = Local.Count - 1; i >= 0; i--)
        {
            if (!arrived.Add(Local[i].Account.Id)) continue;
            Local[i] = Local[i] with { Keep = ForwardKeep.Keep };
            Spread(arrived);
        }
    }

    private void Spread(HashSet<AccountId> arrived)
    {
        for (var grew = true; grew;)
        {
            grew = false;
            foreach (var (from, to) in forwards)
                if (to is not { } account || arrived.Contains(account)) grew |= arrived.Add(from);
        }
    }

    private void Follow(RouteStep step, RecipientMatch match)
    {
        var alias = match.Alias!;
        var via = alias.Id == 0 || match.IsCatchAll ? Normalized(step) : alias.Address;
        if (step.Depth >= MaxDepth || !seen.Add(via)) return;
        var isList = alias.Targets.Count > 1;
        if (isList && step is { Depth: 0 } && step.Notify.HasFlag(DsnNotify.Success)) OwesExpanded = true;
        var notify = isList ? WithoutSuccess(step.Notify) : step.Notify;
        // RFC 3461 §5.2.1 (d): who sends on may name the recipient as it came.
        var original = step.OriginalRecipient ?? (step.ForwardedBy is null && Ascii(via) ? $"rfc822;{via}" : null);
        foreach (var target in alias.Targets)
        {
            if (!EmailAddress.TryParse(target, out var parsed)) continue;
            steps.Enqueue(step with { LocalPart = parsed.LocalPart, Domain = parsed.Domain, Notify = notify, OriginalRecipient = original, Depth = step.Depth + 1, Via = via, ViaDomain = match.Domain!.Name });
        }
    }

    /// <summary>Sent on for others, a sender of a domain that is not ours is rewritten; SPF lets us send for our own.</summary>
    private async ValueTask<string> SenderAsync(RouteStep step, CancellationToken cancel)
    {
        if (step.ViaDomain is not { } ours || sender.Length == 0 || !MailAddress.TryParse(sender, out var address)) return sender;
        senderIsOurs ??= await directory.IsOursAsync(address.Domain, cancel);
        return senderIsOurs.Value ? sender : await rewriting.RewriteAsync(address, ours, cancel);
    }

    // NOTIFY=SUCCESS alone asks for no report of failure: without it, for none.
    private static DsnNotify WithoutSuccess(DsnNotify notify) =>
        notify == DsnNotify.Success ? DsnNotify.Never : notify & ~DsnNotify.Success;

    /// <summary>Where a copy is kept the message has arrived, whatever becomes of the forward; its failure is the account's to see in the trace.</summary>
    public static DsnNotify ForwardNotify(DsnNotify notify, ForwardKeep keep) =>
        keep != ForwardKeep.Delete || (notify != DsnNotify.Unstated && !notify.HasFlag(DsnNotify.Failure)) ? DsnNotify.Never : DsnNotify.Unstated;

    private static string Normalized(RouteStep step) =>
        EmailAddress.TryCreate(step.LocalPart, step.Domain, out var address) ? address.ToString() : $"{step.LocalPart}@{step.Domain}";

    private static bool Ascii(string text) => System.Text.Ascii.IsValid(text);
}
