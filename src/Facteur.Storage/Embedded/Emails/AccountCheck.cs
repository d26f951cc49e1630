using System.Globalization;
using Facteur.Storage.Emails;

namespace Facteur.Storage.Embedded.Emails;

/// <summary>Compares what was folded commit by commit with what is read anew: one sentence a difference.</summary>
internal static class AccountCheck
{
    public static IEnumerable<string> Compare(EmbeddedAccountSnapshot folded, EmbeddedAccountSnapshot read)
    {
        var account = folded.Account.Value.ToString(CultureInfo.InvariantCulture);
        return Rows(folded.Emails, read.Emails).Select(email => $"account {account} shows email {email} otherwise than its rows")
            .Concat(Rows(folded.Hidden, read.Hidden).Select(email => $"account {account} hides email {email} otherwise than its rows"))
            .Concat(Keywords(folded, read).Select(email => $"account {account} shows other keywords of email {email} than its rows"))
            .Concat(Mailboxes(folded, read).Select(mailbox => $"account {account} shows mailbox {mailbox} otherwise than its rows"))
            .Concat(Links(folded).SequenceEqual(Links(read)) ? [] : [$"account {account} has other threads than its rows"]);
    }

    private static IEnumerable<long> Rows(ChunkList<EmailRow, ByEmail> folded, ChunkList<EmailRow, ByEmail> read)
    {
        var (mine, theirs) = (All(folded).ToDictionary(row => row.Id.Value), All(read).ToDictionary(row => row.Id.Value));
        return mine.Keys.Union(theirs.Keys).Where(id => !mine.TryGetValue(id, out var a) || !theirs.TryGetValue(id, out var b) || !IsSame(a, b)).Order();
    }

    // Equal, but for the array of further places, which is another one.
    private static bool IsSame(EmailRow a, EmailRow b) => a with { More = null } == b with { More = null } && (a.More ?? []).SequenceEqual(b.More ?? []);

    private static IEnumerable<long> Keywords(EmbeddedAccountSnapshot folded, EmbeddedAccountSnapshot read) =>
        All(folded.Emails).Where(row => read.TryFind(row.Id, out var other) && !folded.KeywordsOf(row).ToHashSet().SetEquals(read.KeywordsOf(other))).Select(row => row.Id.Value);

    // Tables of keywords may differ in names that no email has.
    private static IEnumerable<string> Mailboxes(EmbeddedAccountSnapshot folded, EmbeddedAccountSnapshot read)
    {
        var (mine, theirs) = (folded.Mailboxes, read.Mailboxes);
        for (var i = 0; i < Math.Max(mine.Count, theirs.Count); i++)
            if (i >= mine.Count || i >= theirs.Count || mine[i] with { Keywords = KeywordTable.Empty } != theirs[i] with { Keywords = KeywordTable.Empty })
                yield return i < mine.Count ? mine[i].Mailbox.Name : theirs[i].Mailbox.Name;
    }

    private static IEnumerable<ThreadLink> Links(EmbeddedAccountSnapshot snapshot)
    {
        for (var chunk = 0; chunk < snapshot.Links.ChunkCount; chunk++)
            foreach (var link in snapshot.Links.Chunk(chunk).ToArray()) yield return link;
    }

    private static IEnumerable<EmailRow> All(ChunkList<EmailRow, ByEmail> rows)
    {
        for (var chunk = 0; chunk < rows.ChunkCount; chunk++)
            foreach (var row in rows.Chunk(chunk).ToArray()) yield return row;
    }
}
