using Facteur.Storage;

namespace Facteur.Imap.Messages;

/// <summary>
/// Runs a search in passes over what is still undecided: the snapshot, one scan of the text for each needle, the stored facts,
/// the headers. Most searches end with the first; the last reads a message only when all before could not tell.
/// </summary>
internal sealed class Searcher(ImapSession session, SearchKey key)
{
    private readonly SelectedMailbox mailbox = session.Mailbox;
    private readonly SearchContext context = new(session, session.Mailbox);
    private readonly HeaderLoader headers = new(session.Store);

    /// <summary>Places of the messages that match.</summary>
    public async ValueTask<MessageBits> RunAsync(CancellationToken cancel)
    {
        var matches = new MessageBits(context.Snapshot.Count);
        var undecided = new MessageBits(context.Snapshot.Count);
        for (var place = 0; place < context.Snapshot.Count; place++) Ask(place, matches, undecided);
        if (undecided.IsEmpty) return matches;
        if (await ScanTextAsync(cancel))
            foreach (var place in undecided) Ask(place, matches, undecided);
        if (!undecided.IsEmpty) await ReadEmailsAsync(matches, undecided, cancel);
        return matches;
    }

    /// <summary>Asks about one message and keeps the answer.</summary>
    private void Ask(int place, MessageBits matches, MessageBits undecided)
    {
        context.Place = place;
        context.Entry = context.Snapshot[place];
        var verdict = key.Match(context);
        if (verdict == Verdict.Yes) matches.Add(place);
        if (verdict == Verdict.Unknown) undecided.Add(place);
        else undecided.Remove(place);
    }

    private async ValueTask<bool> ScanTextAsync(CancellationToken cancel)
    {
        var needles = key.All().OfType<TextKey>().Select(k => k.Needle).Distinct().ToList();
        foreach (var needle in needles) await needle.ScanAsync(session.Store, mailbox.Id, cancel);
        context.TextIsKnown = true;
        return needles.Count > 0;
    }

    private async ValueTask ReadEmailsAsync(MessageBits matches, MessageBits undecided, CancellationToken cancel)
    {
        var fields = key.Fields;
        if (key.Cost == SearchCost.Header) fields |= EmailFields.Parts;
        await using var emails = session.Store.ReadEmails(mailbox.Id, mailbox.Uids(undecided.Ranges()), fields);
        while (await emails.ReadAsync(cancel))
        {
            var place = context.Snapshot.IndexOf(emails.Entry.Uid);
            if (place < 0 || !undecided.Contains(place)) continue;
            context.Email = emails;
            context.Header = null;
            Ask(place, matches, undecided);
            if (!undecided.Contains(place)) continue;
            context.Header = new SearchHeader(await headers.ReadAsync(emails, cancel));
            Ask(place, matches, undecided);
        }
        context.Email = null; // messages that are left are gone: they match nothing
    }
}
