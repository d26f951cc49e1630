using Facteur.Storage;
using Facteur.Storage.Searching;

namespace Facteur.Imap.Messages;

/// <summary>Orders messages by stored facts (RFC 5256 §3 SORT).</summary>
internal sealed class Sorter(ImapSession session, IReadOnlyList<SortCriterion> criteria)
{
    private readonly List<int> places = [];
    private readonly List<long>[] numbers = [.. criteria.Select(_ => new List<long>())];
    private readonly List<string>[] texts = [.. criteria.Select(_ => new List<string>())];

    /// <summary>Places in order; messages that are gone are left out.</summary>
    public async ValueTask<int[]> RunAsync(MessageBits found, CancellationToken cancel)
    {
        if (found.IsEmpty) return [];
        var mailbox = session.Mailbox;
        var fields = EmailFields.Entry;
        foreach (var criterion in criteria) fields |= criterion.Fields;
        await using var emails = session.Store.ReadEmails(mailbox.Id, mailbox.Uids(found.Ranges()), fields);
        while (await emails.ReadAsync(cancel))
        {
            var place = mailbox.Snapshot.IndexOf(emails.Entry.Uid);
            if (place >= 0) Add(place, emails);
        }
        var order = new int[places.Count];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        Array.Sort(order, Compare);
        for (var i = 0; i < order.Length; i++) order[i] = places[order[i]];
        return order;
    }

    private void Add(int place, EmailReader email)
    {
        places.Add(place);
        for (var i = 0; i < criteria.Count; i++)
            if (criteria[i].IsNumber) numbers[i].Add(Number(criteria[i].Field, email));
            else texts[i].Add(Text(criteria[i].Field, email));
    }

    private static long Number(SortField field, EmailReader email) => field switch
    {
        SortField.Size => email.Size,
        SortField.Arrival => email.InternalDate.UtcTicks,
        // RFC 5256 §2.2: without a readable Date, the internal date.
        _ => (email.SentDate ?? email.InternalDate).UtcTicks,
    };

    private static string Text(SortField field, EmailReader email) => field switch
    {
        SortField.Subject => Collations.UnicodeCasemap(email.BaseSubject),
        SortField.From => Collations.UnicodeCasemap(EnvelopeText.FirstMailbox(email.Envelope, EnvelopeText.From)),
        SortField.To => Collations.UnicodeCasemap(EnvelopeText.FirstMailbox(email.Envelope, EnvelopeText.To)),
        SortField.Cc => Collations.UnicodeCasemap(EnvelopeText.FirstMailbox(email.Envelope, EnvelopeText.Cc)),
        SortField.DisplayFrom => Collations.UnicodeCasemap(EnvelopeText.FirstDisplayName(email.Envelope, EnvelopeText.From)),
        _ => Collations.UnicodeCasemap(EnvelopeText.FirstDisplayName(email.Envelope, EnvelopeText.To)),
    };

    private int Compare(int a, int b)
    {
        for (var i = 0; i < criteria.Count; i++)
        {
            var order = criteria[i].IsNumber ? numbers[i][a].CompareTo(numbers[i][b]) : string.CompareOrdinal(texts[i][a], texts[i][b]);
            if (order != 0) return criteria[i].Reverse ? -order : order;
        }
        return a.CompareTo(b); // what is equal stays in sequence order (RFC 5256 §3)
    }
}
