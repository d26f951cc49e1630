using System.Globalization;
using Facteur.Delivery.Filtering.Bayes;
using Facteur.Delivery.Filtering.Checkers;
using Facteur.Delivery.Filtering.Connections;
using Facteur.Delivery.Filtering.Content;
using Facteur.Mail;
using Facteur.Smtp;
using Facteur.Storage;

namespace Facteur.Delivery.Filtering;

/// <summary>Puts all checks of a message together and decides, for the message and for each account.</summary>
internal sealed class MessageJudge(
    FilterSettingsReader settings, ConnectionChecks connections, DnsLists lists, CheckerSet checkers, BayesFilter bayes,
    KnownCorrespondents correspondents, JunkLearning learning, TimeProvider time)
{
    // A message has few authors (RFC 5322 §3.6.2).
    private const int MaxAuthors = 20;

    private static readonly SmtpRefusal Spam = new(550, "5.7.1", "the message looks like spam");

    /// <summary>What the checks of single accounts share.</summary>
    private sealed class Subject(FilterInput input, FilterSettings site, FilterScore score, IReadOnlyList<string> senders, MessagePart root)
    {
        private BayesTokens? tokens;

        public FilterInput Input => input;
        public FilterSettings Site => site;
        public FilterScore Score => score;

        /// <summary>Authors and reverse-path.</summary>
        public IReadOnlyList<string> Senders => senders;

        /// <summary>Nothing says that the author is somebody else.</summary>
        public bool IsAuthentic { get; } = AuthenticationScores.MayBeAuthor(input);

        public async ValueTask<BayesTokens> TokensAsync(CancellationToken cancel) => tokens ??= await BayesTokens.ReadAsync(input.Source, root, cancel);
    }

    public async ValueTask<FilterVerdict> JudgeAsync(FilterInput input, CancellationToken cancel)
    {
        var site = await settings.SiteAsync(cancel);
        if (site.TrustedNetworks.Contains(input.Peer.Remote.Address) && input.Peer.Account is null) return FilterVerdict.Unchecked;
        var score = new FilterScore();
        if (input.Peer.Account is not null)
        {
            // Who logged in is not spam; what they send may be infected.
            await checkers.CheckAsync(input, ConnectionFindings.None.Host, site, score, cancel);
            return score.Refusal is null ? FilterVerdict.Unchecked with { AddedFields = score.Fields } : Refused(score);
        }
        var header = await MessageHeader.ReadAsync(input, cancel);
        var authors = Authors(header);
        var structure = MimeChecks.Structure.Of(input.Facts);
        AuthenticationScores.Judge(input, authors, site, score);
        if (site.Headers) HeaderChecks.Judge(input, header, time.GetUtcNow(), score);
        MimeChecks.Judge(input, structure, score);
        await AttachmentChecks.JudgeAsync(input, structure.Parts, site.Attachments, score, cancel);
        var findings = PeerNetwork.IsForeign(input.Peer) ? await connections.Of(input.Peer, site).WaitAsync(cancel) : ConnectionFindings.None;
        await JudgeHostAsync(input, authors, findings, site, score, cancel);
        // What is refused anyway is shown to nobody else.
        if (score.Refusal is null) await checkers.CheckAsync(input, findings.Host, site, score, cancel);
        if (score.Refusal is not null) return Refused(score);
        return await DecideAsync(new Subject(input, site, score, Senders(input, authors), structure.Parts[0]), cancel);
    }

    private async ValueTask JudgeHostAsync(FilterInput input, IReadOnlyList<string> authors, ConnectionFindings findings, FilterSettings site, FilterScore score, CancellationToken cancel)
    {
        foreach (var reason in findings.Host.Reasons) score.Add(reason);
        var listings = findings.Listings;
        if (site.Lists.Any(list => list.Kind == DnsListKind.Domain))
        {
            var domains = authors.Select(author => author[(author.LastIndexOf('@') + 1)..]).Prepend(input.Sender?.Domain ?? "").Append(input.Peer.Hello);
            listings = [.. listings, .. await lists.DomainsAsync(site.Lists, domains.Where(domain => !domain.StartsWith('[')), cancel)];
        }
        foreach (var listing in listings)
            score.Add($"list.{listing.List.Zone}", listing.Score,
                listing.Score < 0 ? $"{listing.What} is on the whitelist {listing.List.Zone}" : $"{listing.What} is listed by {listing.List.Zone}",
                listing.Score < 0 ? $"{listing.What} est sur la liste blanche {listing.List.Zone}" : $"{listing.What} est sur la liste {listing.List.Zone}");
    }

    private static FilterVerdict Refused(FilterScore score) =>
        new(score.Refusal!.IsTemporary ? FilterAction.Defer : FilterAction.Reject, Round(score.Total), score.Reasons, score.Refusal) { AddedFields = score.Fields };

    private async ValueTask<FilterVerdict> DecideAsync(Subject subject, CancellationToken cancel)
    {
        var score = subject.Score;
        if (subject.Input.Recipients.Count == 0) return await DecideForOthersAsync(score, cancel);
        var accounts = new Dictionary<AccountId, AccountVerdict>();
        var rejects = true;
        var shared = (BayesFilter.Counts?)null;
        var sharedRead = false;
        foreach (var recipient in subject.Input.Recipients)
        {
            if (accounts.ContainsKey(recipient.Account)) continue;
            var preferences = await settings.PreferencesAsync(recipient.Account, recipient.Domain, cancel);
            var own = new FilterScore();
            if (preferences.Bayes == true && await bayes.IsReadyAsync(recipient.Account, subject.Site.Bayes, cancel))
            {
                var tokens = await subject.TokensAsync(cancel);
                if (!sharedRead) (shared, sharedRead) = (await bayes.SharedAsync(tokens, subject.Site.Bayes, cancel), true);
                JudgeWords(await bayes.JudgeAsync(recipient.Account, tokens, shared, subject.Site.Bayes, cancel), subject.Site.Bayes, own);
            }
            var verdict = await JudgeAccountAsync(subject, recipient.Account, preferences, own, cancel);
            rejects &= verdict.Action == FilterAction.Junk && verdict.Score >= preferences.RejectAt;
            accounts.Add(recipient.Account, verdict);
        }
        if (rejects) return new FilterVerdict(FilterAction.Reject, Round(score.Total), score.Reasons, Spam) { Accounts = accounts, AddedFields = score.Fields };
        var action = accounts.Values.All(verdict => verdict.Action == FilterAction.Junk) ? FilterAction.Junk : FilterAction.Accept;
        return new FilterVerdict(action, Round(score.Total), score.Reasons, null) { Accounts = accounts, AddedFields = score.Fields };
    }

    /// <summary>All recipients are addresses elsewhere (aliases, forwards): the site's limits say whether it is spam, which is not sent on.</summary>
    private async ValueTask<FilterVerdict> DecideForOthersAsync(FilterScore score, CancellationToken cancel)
    {
        var preferences = await settings.SitePreferencesAsync(cancel);
        var junk = score.MustJunk || score.Total >= preferences.JunkAt;
        var rejects = junk && score.Total >= preferences.RejectAt;
        return new FilterVerdict(rejects ? FilterAction.Reject : junk ? FilterAction.Junk : FilterAction.Accept, Round(score.Total), score.Reasons, rejects ? Spam : null)
        {
            AddedFields = score.Fields,
        };
    }

    private async ValueTask<AccountVerdict> JudgeAccountAsync(Subject subject, AccountId account, FilterPreferences preferences, FilterScore own, CancellationToken cancel)
    {
        var score = subject.Score;
        var mustJunk = score.MustJunk;
        if (score.JunkReason(account) is { } reason)
        {
            own.Add(reason);
            mustJunk = true;
        }
        if (subject.Senders.FirstOrDefault(sender => AddressPatterns.Matches(preferences.Blocked, sender)) is { } blocked)
        {
            own.Add("sender.blocked", preferences.JunkAt ?? 0, $"you block {blocked}", $"vous bloquez {blocked}");
            mustJunk = true;
        }
        var known = subject.IsAuthentic && !mustJunk && await IsKnownAsync(subject, account, preferences, own, cancel);
        var total = score.Total + own.Total;
        var junk = mustJunk || (!known && total >= preferences.JunkAt);
        if (subject.Site.Bayes.Automatic && preferences.Bayes == true) await LearnAsync(subject, account, known, score.Total, cancel);
        return new AccountVerdict(junk ? FilterAction.Junk : FilterAction.Accept, Round(total), preferences.JunkAt ?? 0, own.Reasons);
    }

    private async ValueTask<bool> IsKnownAsync(Subject subject, AccountId account, FilterPreferences preferences, FilterScore own, CancellationToken cancel)
    {
        if (subject.Senders.Any(sender => AddressPatterns.Matches(preferences.Allowed, sender)))
        {
            own.Add("sender.allowed", 0, "you allow this sender", "vous acceptez cet expéditeur");
            return true;
        }
        if (!await correspondents.IsKnownAsync(account, subject.Senders, cancel)) return false;
        own.Add("correspondent", 0, "you write with this address", "vous correspondez avec cette adresse");
        return true;
    }

    // Without the words' own points: a filter that learns from itself believes itself.
    private async ValueTask LearnAsync(Subject subject, AccountId account, bool known, double othersPoints, CancellationToken cancel)
    {
        var sorted = known && othersPoints < 2 ? BayesClass.Ham : !known && othersPoints >= 2 * FilterPreferences.Default.JunkAt ? BayesClass.Spam : (BayesClass?)null;
        if (sorted is { } kind && learning.MayLearnBySelf(account, kind)) learning.Add(new LearnTokens(account, kind, await subject.TokensAsync(cancel)));
    }

    private static void JudgeWords(double? probability, BayesSettings settings, FilterScore own)
    {
        if (probability is not { } spam) return;
        var points = Math.Round(BayesFilter.Points(spam, settings), 2);
        if (Math.Abs(points) < 0.1) return;
        var percent = (spam * 100).ToString("0", CultureInfo.InvariantCulture);
        if (points > 0) own.Add("bayes", points, $"its words are those of spam ({percent} %)", $"ses mots sont ceux du spam ({percent} %)");
        else own.Add("bayes", points, $"its words are those of mail you keep ({percent} % spam)", $"ses mots sont ceux du courrier gardé ({percent} % spam)");
    }

    /// <summary>The addresses of From, read by the parser that DMARC and people see through.</summary>
    private static List<string> Authors(MessageHeader header)
    {
        var authors = new List<string>();
        foreach (var item in AddressParser.ParseList(header.First("From"u8), MaxAuthors))
            if (item.Kind == AddressItemKind.Mailbox && MailAddress.TryCreate(item.LocalPart, item.Domain, out var address)) authors.Add(address.ToString());
        return authors;
    }

    // The reverse-path of a list or a mailer says nothing of who wrote: it counts where there is no other.
    private static List<string> Senders(FilterInput input, List<string> authors) => authors.Count > 0 || input.Sender is null ? authors : [input.Sender.ToString()];

    private static double Round(double points) => Math.Round(points, 2);
}
