using Facteur.Mail;

namespace Facteur.Storage.Searching;

/// <summary>Orders emails by several comparators, or by what has to be read (RFC 8621 §4.4.2).</summary>
internal sealed class AccountSorter(MailStore store, AccountSubject subject, EmailOrder order)
{
    private const int SnoozesAtOnce = 1_000;

    private readonly IReadOnlyList<EmailComparator> comparators = order.Comparators;
    private long[][] numbers = [];
    private string[][] texts = [];
    private SortedEmail[] emails = [];

    public async ValueTask<SortedEmail[]> RunAsync(MessageBits found, CancellationToken cancel)
    {
        var count = found.Count;
        emails = new SortedEmail[count];
        numbers = [.. comparators.Select(one => one.IsText ? [] : new long[count])];
        texts = [.. comparators.Select(one => one.IsText ? new string[count] : [])];
        ReadRows(found);
        if (order.Fields != EmailFields.Entry) await ReadFactsAsync(cancel);
        for (var i = 0; i < comparators.Count; i++)
            if (comparators[i].Property == EmailSortProperty.SnoozedUntil) await ReadSnoozesAsync(numbers[i], cancel);
        cancel.ThrowIfCancellationRequested();
        var sequence = new int[count];
        for (var i = 0; i < count; i++) sequence[i] = i;
        Array.Sort(sequence, Compare);
        return Array.ConvertAll(sequence, index => emails[index]);
    }

    private void ReadRows(MessageBits found)
    {
        var at = 0;
        for (var place = found.Next(0); place >= 0; place = found.Next(place + 1), at++)
        {
            subject.MoveTo(place);
            emails[at] = new SortedEmail(subject.Row.Id, subject.Row.Thread);
            for (var i = 0; i < comparators.Count; i++)
                if (!comparators[i].IsText) numbers[i][at] = RowNumber(comparators[i]);
                else texts[i][at] = ""; // of one that is gone when it is read
        }
    }

    private long RowNumber(EmailComparator comparator) => comparator.Property switch
    {
        EmailSortProperty.Size => subject.Row.Size,
        EmailSortProperty.ListedAt => subject.Row.ListedAt,
        EmailSortProperty.SnoozedUntil => long.MaxValue,
        EmailSortProperty.HasKeyword => subject.Keyword(comparator.Keyword!).IsOn(subject.Row) ? 1 : 0,
        EmailSortProperty.AllInThreadHaveKeyword => subject.ThreadHas(comparator.Keyword!, all: true) ? 1 : 0,
        EmailSortProperty.SomeInThreadHaveKeyword => subject.ThreadHas(comparator.Keyword!, all: false) ? 1 : 0,
        _ => subject.Row.ReceivedAt, // for sentAt, too: RFC 5256 §2.2, without a readable Date
    };

    private async ValueTask ReadSnoozesAsync(long[] until, CancellationToken cancel)
    {
        for (var at = 0; at < emails.Length; at += SnoozesAtOnce)
        {
            var some = emails.AsMemory(at, Math.Min(SnoozesAtOnce, emails.Length - at));
            var found = await store.Snoozes.FindAsync(subject.Snapshot.Account, [.. some.ToArray().Select(static one => one.Email)], cancel);
            for (var i = 0; i < some.Length; i++)
                if (found.TryGetValue(some.Span[i].Email, out var snooze)) until[at + i] = snooze.Until.ToUnixTimeMilliseconds();
        }
    }

    private async ValueTask ReadFactsAsync(CancellationToken cancel)
    {
        await using var reader = store.Emails.ReadDetails(subject.Snapshot.Account, Array.ConvertAll(emails, one => one.Email), order.Fields);
        var at = 0;
        while (await reader.ReadAsync(cancel))
        {
            while (emails[at].Email != reader.Email) at++;
            for (var i = 0; i < comparators.Count; i++)
                switch (comparators[i].Property)
                {
                    case EmailSortProperty.SentAt when reader.SentDate is { } sent:
                        numbers[i][at] = sent.ToUnixTimeMilliseconds();
                        break;
                    case EmailSortProperty.Subject:
                        texts[i][at] = comparators[i].Collation.Key(reader.BaseSubject);
                        break;
                    case EmailSortProperty.From:
                        texts[i][at] = comparators[i].Collation.Key(EnvelopeText.FirstPerson(reader.Envelope, EnvelopeText.From));
                        break;
                    case EmailSortProperty.To:
                        texts[i][at] = comparators[i].Collation.Key(EnvelopeText.FirstPerson(reader.Envelope, EnvelopeText.To));
                        break;
                }
        }
    }

    private int Compare(int a, int b)
    {
        for (var i = 0; i < comparators.Count; i++)
        {
            var byThis = comparators[i].IsText ? string.CompareOrdinal(texts[i][a], texts[i][b]) : numbers[i][a].CompareTo(numbers[i][b]);
            if (byThis != 0) return comparators[i].IsAscending ? byThis : -byThis;
        }
        return order.IdsAscend ? a.CompareTo(b) : b.CompareTo(a); // they were gathered ascending by id
    }
}
