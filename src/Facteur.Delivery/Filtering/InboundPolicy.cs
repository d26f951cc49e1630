using Facteur.Delivery.Authentication;
using Facteur.Mail;
using Facteur.Net.Dns;
using Facteur.Smtp;
using Facteur.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Delivery.Filtering;

/// <summary>
/// What comes in and where it goes: asked by the pipeline at MAIL, at RCPT and at the end of the message. Safe for any number of callers.
/// </summary>
/// <remarks>
/// No silent drop: a message is refused in the session, or delivered, to Junk with its reasons readable. A known correspondent comes first.
/// A part that fails (DNS, a checker outside) never fails the message, unless its setting says that mail waits for it.
/// </remarks>
public sealed class InboundPolicy : IDisposable
{
    // A message has few authors (RFC 5322 §3.6.2).
    private const int MaxAuthors = 20;

    private readonly FilterSettingsReader settings;

    public InboundPolicy(StateStore state, SettingsStore settings, DnsResolver dns, DeliveryOptions options, TimeProvider time, ILoggerFactory? logs = null)
    {
        _ = (dns, options);
        var factory = logs ?? NullLoggerFactory.Instance;
        this.settings = new FilterSettingsReader(settings, factory.CreateLogger<InboundPolicy>());
        Correspondents = new KnownCorrespondents(state, time);
    }

    /// <summary>Who accounts write with; the pipeline notes what is sent.</summary>
    public KnownCorrespondents Correspondents { get; }

    /// <summary>May this client send, with this sender? Asked at MAIL, also of a client that did no transaction before. Null is yes.</summary>
    public async ValueTask<SmtpRefusal?> CheckSenderAsync(SmtpPeer peer, EnvelopeAddress? sender, CancellationToken cancel)
    {
        _ = (peer, sender);
        await settings.SiteAsync(cancel);
        return null;
    }

    /// <summary>May it send to this recipient? Null is yes.</summary>
    /// <param name="recipient">Null when there is no such address here: counted against guessing; the caller refuses by itself if this does not.</param>
    /// <param name="spf">As far as it is known now.</param>
    public async ValueTask<SmtpRefusal?> CheckRecipientAsync(SmtpPeer peer, EnvelopeAddress? sender, FilterRecipient? recipient, SpfResult? spf, CancellationToken cancel)
    {
        _ = (peer, sender, recipient, spf);
        await settings.SiteAsync(cancel);
        return null;
    }

    /// <summary>Judges a complete message before it is committed.</summary>
    public async ValueTask<FilterVerdict> JudgeAsync(FilterInput input, CancellationToken cancel)
    {
        if (input.Peer.Account is not null) return FilterVerdict.Unchecked;
        var site = await settings.SiteAsync(cancel);
        var score = new FilterScore();
        AuthenticationScores.Judge(input, site, score);
        return await DecideAsync(input, score, cancel);
    }

    public void Dispose() => settings.Dispose();

    private async ValueTask<FilterVerdict> DecideAsync(FilterInput input, FilterScore score, CancellationToken cancel)
    {
        if (score.Refusal is { } refusal)
            return new FilterVerdict(refusal.IsTemporary ? FilterAction.Defer : FilterAction.Reject, score.Total, score.Reasons, refusal) { AddedFields = score.Fields };
        var authors = await AuthorsAsync(input, cancel);
        var accounts = new Dictionary<AccountId, AccountVerdict>();
        var rejects = input.Recipients.Count > 0;
        foreach (var recipient in input.Recipients)
        {
            if (accounts.ContainsKey(recipient.Account)) continue;
            var preferences = await settings.PreferencesAsync(recipient.Account, recipient.Domain, cancel);
            var verdict = await JudgeAccountAsync(input, recipient.Account, preferences, authors, score, cancel);
            rejects &= verdict.Action == FilterAction.Junk && verdict.Score >= preferences.RejectAt;
            accounts.Add(recipient.Account, verdict);
        }
        if (rejects)
            return new FilterVerdict(FilterAction.Reject, score.Total, score.Reasons, new SmtpRefusal(550, "5.7.1", "the message looks like spam")) { Accounts = accounts, AddedFields = score.Fields };
        var action = accounts.Values.All(verdict => verdict.Action == FilterAction.Junk) && accounts.Count > 0 ? FilterAction.Junk : FilterAction.Accept;
        return new FilterVerdict(action, score.Total, score.Reasons, null) { Accounts = accounts, AddedFields = score.Fields };
    }

    private async ValueTask<AccountVerdict> JudgeAccountAsync(
        FilterInput input, AccountId account, FilterPreferences preferences, IReadOnlyList<string> authors, FilterScore score, CancellationToken cancel)
    {
        var own = new FilterScore();
        var spared = AuthenticationScores.MayBeAuthor(input) && await Correspondents.IsKnownAsync(account, authors, cancel);
        if (spared) own.Add("correspondent", 0, "you write with this address", "vous correspondez avec cette adresse");
        var total = score.Total + own.Total;
        var junk = score.MustJunk || (!spared && total >= preferences.JunkAt);
        return new AccountVerdict(junk ? FilterAction.Junk : FilterAction.Accept, total, preferences.JunkAt ?? 0, own.Reasons);
    }

    /// <summary>The addresses of From, read by the parser that DMARC and people see through.</summary>
    private static async ValueTask<IReadOnlyList<string>> AuthorsAsync(FilterInput input, CancellationToken cancel)
    {
        var header = await MessageHeader.ReadAsync(input, cancel);
        var authors = new List<string>();
        foreach (var item in AddressParser.ParseList(header.First("From"u8), MaxAuthors))
            if (item.Kind == AddressItemKind.Mailbox && MailAddress.TryCreate(item.LocalPart, item.Domain, out var address)) authors.Add(address.ToString());
        return authors;
    }
}
