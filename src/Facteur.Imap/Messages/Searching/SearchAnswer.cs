using Facteur.Storage;
using Facteur.Storage.Searching;

namespace Facteur.Imap.Messages;

/// <summary>Writes what a search found: SEARCH (RFC 3501 §7.2.5) or ESEARCH (RFC 9051 §7.3.4).</summary>
/// <param name="modSeq">The search asked for MODSEQ: the highest one found is told (RFC 7162 §3.1.6, §3.1.10).</param>
internal sealed class SearchAnswer(ImapSession session, bool uid, MessageBits found, bool modSeq)
{
    private readonly ImapWriter writer = session.Writer;
    private readonly MailboxSnapshot snapshot = session.Mailbox.Snapshot;

    public async ValueTask WriteAsync()
    {
        writer.Raw("* SEARCH"u8);
        foreach (var place in found)
        {
            writer.Space();
            writer.Number(Number(place));
            if (writer.IsFull) await writer.FlushIfFullAsync();
        }
        if (modSeq && !found.IsEmpty)
        {
            writer.Raw(" (MODSEQ "u8);
            writer.Number(Highest(SearchReturn.All));
            writer.Raw(")"u8);
        }
        writer.EndLine();
    }

    /// <summary>With SAVE alone nothing is told (RFC 9051 §6.4.4.1).</summary>
    public async ValueTask WriteExtendedAsync(SearchReturn options)
    {
        if (options == SearchReturn.Save) return;
        writer.Raw("* ESEARCH (TAG "u8);
        writer.QuotedOrLiteral(session.CurrentTag!);
        writer.Raw(uid ? ") UID"u8 : ")"u8);
        if (!found.IsEmpty)
        {
            if (options.HasFlag(SearchReturn.Min)) Item(" MIN "u8, Number(found.First));
            if (options.HasFlag(SearchReturn.Max)) Item(" MAX "u8, Number(found.Last));
            if (options.HasFlag(SearchReturn.All)) await WriteAllAsync();
        }
        if (options.HasFlag(SearchReturn.Count)) Item(" COUNT "u8, found.Count);
        if (modSeq && !found.IsEmpty) Item(" MODSEQ "u8, Highest(options));
        writer.EndLine();
    }

    /// <summary>What "$" stands for after SAVE with these options (RFC 9051 §6.4.4.1 table 4).</summary>
    public IReadOnlyList<UidRange> Saved(SearchReturn options)
    {
        if (found.IsEmpty) return [];
        if (options.HasFlag(SearchReturn.All) || options.HasFlag(SearchReturn.Count) || options == SearchReturn.Save) return session.Mailbox.Uids(found.Ranges());
        var saved = new List<UidRange>(2);
        if (options.HasFlag(SearchReturn.Min)) saved.Add(Single(found.First));
        if (options.HasFlag(SearchReturn.Max) && (saved.Count == 0 || found.Last != found.First)) saved.Add(Single(found.Last));
        return saved;
    }

    private async ValueTask WriteAllAsync()
    {
        writer.Raw(" ALL "u8);
        var isFirst = true;
        foreach (var (first, last) in SequenceText.Runs(Numbers()))
        {
            if (!isFirst) writer.Raw(","u8);
            isFirst = false;
            writer.Number(first);
            if (last > first)
            {
                writer.Raw(":"u8);
                writer.Number(last);
            }
            if (writer.IsFull) await writer.FlushIfFullAsync();
        }
    }

    private IEnumerable<uint> Numbers()
    {
        foreach (var place in found) yield return Number(place);
    }

    private void Item(ReadOnlySpan<byte> name, long value)
    {
        writer.Raw(name);
        writer.Number(value);
    }

    /// <summary>Of MIN and MAX alone, theirs; else of all that was found (RFC 7162 §3.1.10).</summary>
    private long Highest(SearchReturn options)
    {
        long highest = 0;
        if ((options & (SearchReturn.All | SearchReturn.Count)) == 0 && (options & (SearchReturn.Min | SearchReturn.Max)) != 0)
        {
            if (options.HasFlag(SearchReturn.Min)) highest = snapshot[found.First].ModSeq.Value;
            if (options.HasFlag(SearchReturn.Max)) highest = Math.Max(highest, snapshot[found.Last].ModSeq.Value);
            return highest;
        }
        foreach (var place in found) highest = Math.Max(highest, snapshot[place].ModSeq.Value);
        return highest;
    }

    private uint Number(int place) => uid ? snapshot[place].Uid.Value : (uint)place + 1;

    private UidRange Single(int place) => new(snapshot[place].Uid.Value, snapshot[place].Uid.Value);
}
