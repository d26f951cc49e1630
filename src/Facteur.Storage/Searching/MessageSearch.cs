namespace Facteur.Storage.Searching;

/// <summary>
/// Runs a search in passes over what is still undecided: the rows in memory, one scan of the text for each needle, the stored facts,
/// the headers. Most searches end with the first; the last reads a message only when all before could not tell.
/// </summary>
public sealed class MessageSearch(MailStore store, SearchCondition condition, SearchSubject subject)
{
    /// <summary>Above so many undecided messages, a scan of the text is cheaper than reading the facts of each to look at one field.</summary>
    private const int ScanAbove = 1_000;

    private const int CancelEvery = 1_024;

    private readonly MessageBits matches = new(subject.Count);
    private readonly MessageBits undecided = new(subject.Count);

    /// <summary>Places of the messages that match.</summary>
    public async ValueTask<MessageBits> RunAsync(CancellationToken cancel)
    {
        for (var place = 0; place < subject.Count; place++)
        {
            if (place % CancelEvery == 0) cancel.ThrowIfCancellationRequested();
            subject.MoveTo(place);
            Ask(place);
        }
        if (condition.Cost > SearchCost.Row && !undecided.IsEmpty) await ScanAsync(cancel);
        if (!undecided.IsEmpty) await ReadFactsAsync(cancel);
        return matches;
    }

    /// <summary>Asks about the message the subject stands at and keeps the answer.</summary>
    private void Ask(int place)
    {
        var verdict = condition.Match(subject);
        if (verdict == Verdict.Yes) matches.Add(place);
        if (verdict == Verdict.Unknown) undecided.Add(place);
        else undecided.Remove(place);
    }

    private async ValueTask ScanAsync(CancellationToken cancel)
    {
        var made = new Dictionary<(FoldedNeedle, bool), MessageBits>();
        foreach (var asked in condition.All())
        {
            if (undecided.IsEmpty) return;
            if (asked is SnoozedCondition)
            {
                var snoozed = new MessageBits(subject.Count);
                await subject.ScanSnoozedAsync(undecided, snoozed, cancel);
                Found(asked, snoozed, cancel);
            }
            else if (ScanFor(asked) is var (needle, withHeaders))
            {
                if (!made.TryGetValue((needle, withHeaders), out var found))
                {
                    made[(needle, withHeaders)] = found = new MessageBits(subject.Count);
                    await subject.ScanTextAsync(needle, withHeaders, found, cancel);
                }
                Found(asked, found, cancel);
            }
        }
    }

    private (FoldedNeedle Needle, bool WithHeaders)? ScanFor(SearchCondition asked) => asked switch
    {
        TextCondition { Needle.IsEmpty: false } text => (text.Needle, text.Scope != TextScope.Body),
        FieldCondition { Needle.IsEmpty: false } field when undecided.Count > ScanAbove => (field.Needle, true),
        _ => null,
    };

    private void Found(SearchCondition asked, MessageBits found, CancellationToken cancel)
    {
        subject.SetScan(asked, found);
        var count = 0;
        for (var place = undecided.Next(0); place >= 0; place = undecided.Next(place + 1))
        {
            if (count++ % CancelEvery == 0) cancel.ThrowIfCancellationRequested();
            subject.MoveTo(place);
            Ask(place);
        }
    }

    // Messages that are undecided in the end are gone: they match nothing.
    private async ValueTask ReadFactsAsync(CancellationToken cancel)
    {
        var headers = new HeaderLoader(store);
        var fields = condition.Fields;
        if (condition.Cost == SearchCost.Header) fields |= EmailFields.Parts;
        subject.BeginFacts(undecided, fields);
        try
        {
            while (await subject.MoveToNextFactsAsync(cancel))
            {
                var place = subject.Place;
                if (!undecided.Contains(place)) continue;
                Ask(place);
                if (!undecided.Contains(place)) continue;
                var (body, octets) = subject.HeaderPlace;
                subject.Header = new SearchHeader(await headers.ReadAsync(body, octets, cancel));
                Ask(place);
            }
        }
        finally
        {
            await subject.EndFactsAsync();
        }
    }
}
