using Facteur.Accounts;
using Facteur.Mail;
using Facteur.Smtp;

namespace Facteur.Delivery.Recipients;

/// <summary>
/// Resolves envelope recipients to where they lead: accounts of this server and addresses elsewhere, through other names of domains,
/// aliases, what takes the rest of a domain, forwards of accounts, and return addresses of forwarded mail (<see cref="SenderRewriting"/>).
/// Bounded (<see cref="RouteExpansion"/>); an address that is met twice counts once.
/// </summary>
public sealed class RecipientRouter(RecipientDirectory directory, AccountSettings settings, SenderRewriting rewriting, DeliveryOptions options)
{
    /// <param name="sender">Reverse-path of the message; "" is the empty one.</param>
    public async ValueTask<RoutedRecipient> RouteAsync(EnvelopeRecipient recipient, string sender, CancellationToken cancel)
    {
        var routed = new RoutedRecipient(recipient);
        var address = recipient.Address;
        var domain = address.Domain;
        if (domain.Length == 0) domain = await HostDomainAsync(cancel);
        var match = address.IsAddressLiteral ? new RecipientMatch(RecipientKind.Foreign) : await directory.FindAsync(address.LocalPart, domain, cancel);
        if (match.Kind == RecipientKind.Foreign)
        {
            if (address.Domain.Length == 0) return routed with { Refusal = Refusals.UnknownUser };
            return routed with { ForeignFrom = sender };
        }
        var original = recipient.Original is { } given ? $"{given.AddressType};{given.Address}" : null;
        if (SenderRewriting.IsRewritten(address.LocalPart)) return await ReturnAsync(routed, sender, original, cancel);
        if (Refuse(match.Kind) is { } refusal) return routed with { Refusal = refusal };
        var expansion = new RouteExpansion(directory, settings, rewriting, sender);
        await expansion.RunAsync(new RouteStep(address.LocalPart, domain, recipient.Notify, original), match, cancel);
        return Result(routed, expansion);
    }

    /// <summary>Where a script of an account sends a message on to: as a forward of that account would.</summary>
    /// <param name="routed">The recipient that led to the account.</param>
    /// <param name="from">The account.</param>
    /// <param name="sender">Reverse-path of the message; "" is the empty one.</param>
    /// <param name="keepsCopy">A copy stays with the account.</param>
    internal async ValueTask<RoutedRecipient> RedirectAsync(RoutedRecipient routed, LocalLeaf from, MailAddress target, string sender, bool keepsCopy, CancellationToken cancel)
    {
        var expansion = new RouteExpansion(directory, settings, rewriting, sender);
        var step = new RouteStep(target.LocalPart, target.Domain, RouteExpansion.ForwardNotify(from.Notify, keepsCopy ? ForwardKeep.Keep : ForwardKeep.Delete), null)
        {
            Depth = 1, Via = from.Via, ViaDomain = from.Via[(from.Via.LastIndexOf('@') + 1)..], ForwardedBy = from.Account.Id, KeepsEnvelope = false,
        };
        await expansion.RunAsync(step, null, cancel);
        return Result(new RoutedRecipient(routed.Recipient), expansion);
    }

    /// <summary>
    /// Takes out what has gone this way before: a message that bears Delivered-To with the address that would send it on. Its account keeps it
    /// instead; with nothing left it is refused as a loop (RFC 5321 §6.3).
    /// </summary>
    /// <param name="header">Header of the message as it came in; 64 KiB of it are enough.</param>
    public static RoutedRecipient WithoutLoops(RoutedRecipient routed, ReadOnlySpan<byte> header)
    {
        if (routed.Remote.All(leaf => leaf.Via is null) && routed.Local.All(leaf => leaf.ForwardedBy is null)) return routed;
        var trail = ForwardTrail.Read(header);
        if (trail.IsEmpty) return routed;
        var remote = routed.Remote.Where(leaf => leaf.Via is null || !trail.Holds(leaf.Via)).ToList();
        if (remote.Count == routed.Remote.Count) return routed;
        var local = routed.Local.Select(leaf => leaf.Keep != ForwardKeep.Keep && trail.Holds(leaf.Via) ? leaf with { Keep = ForwardKeep.Keep } : leaf).ToList();
        return local.Count + remote.Count == 0
            ? routed with { Refusal = Refusals.Loop, Local = [], Remote = [], OwesExpanded = false }
            : routed with { Local = local, Remote = remote };
    }

    private static SmtpRefusal? Refuse(RecipientKind kind) => kind switch
    {
        RecipientKind.UnknownUser => Refusals.UnknownUser,
        RecipientKind.Unavailable => Refusals.Unavailable,
        RecipientKind.SwitchedOff => RouteRefusals.SwitchedOff,
        _ => null,
    };

    private static RoutedRecipient Result(RoutedRecipient routed, RouteExpansion expansion)
    {
        if (expansion.HasTooMany) return routed with { Refusal = RouteRefusals.TooMany };
        if (expansion.Local.Count + expansion.Remote.Count == 0)
            return routed with { Refusal = expansion.MetUnavailable ? Refusals.Unavailable : RouteRefusals.Nowhere };
        return routed with { Local = expansion.Local, Remote = expansion.Remote, OwesExpanded = expansion.OwesExpanded };
    }

    /// <summary>A report about mail that was forwarded goes on to who sent it.</summary>
    private async ValueTask<RoutedRecipient> ReturnAsync(RoutedRecipient routed, string sender, string? original, CancellationToken cancel)
    {
        var recipient = routed.Recipient;
        // With a sender it would be a relay to an address of the sender's choice for the life of the hash.
        if (sender.Length > 0) return routed with { Refusal = RouteRefusals.ReportsOnly };
        if (await rewriting.ReverseAsync(recipient.Address.LocalPart, cancel) is not { } back) return routed with { Refusal = RouteRefusals.NoReturn };
        var expansion = new RouteExpansion(directory, settings, rewriting, sender);
        await expansion.RunAsync(new RouteStep(back.LocalPart, back.Domain, recipient.Notify, original), null, cancel);
        return Result(routed, expansion);
    }

    /// <summary>"postmaster" without a domain is the postmaster of this host (RFC 5321 §4.5.1): of its name, or of the domain above.</summary>
    private async ValueTask<string> HostDomainAsync(CancellationToken cancel)
    {
        var host = options.HostName;
        var dot = host.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 || await directory.IsOursAsync(host, cancel) ? host : host[(dot + 1)..];
    }
}
