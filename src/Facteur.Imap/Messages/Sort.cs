using Facteur.Storage.Searching;

namespace Facteur.Imap.Messages;

/// <summary>SORT and UID SORT: finds messages and tells them in order.</summary>
// Command RFC 5256 §3, DISPLAYFROM and DISPLAYTO RFC 5957 §3, MODSEQ RFC 7162 §3.1.9.
internal sealed record Sort(bool Uid, IReadOnlyList<SortCriterion> Criteria, SearchCondition Condition) : ImapCommand
{
    public override bool AllowsExpunge => Uid;

    public static ImapCommand Parse(ref ImapReader reader) => Parse(ref reader, uid: false);

    public static ImapCommand ParseUid(ref ImapReader reader) => Parse(ref reader, uid: true);

    private static Sort Parse(ref ImapReader reader, bool uid)
    {
        reader.Space();
        var criteria = SortCriterion.ParseList(ref reader);
        reader.Space();
        var text = SearchText.Of(reader.AString());
        reader.Space();
        return new Sort(uid, criteria, SearchParser.Parse(ref reader, text));
    }

    public override async ValueTask RunAsync(ImapSession session, CancellationToken cancel)
    {
        var asksModSeq = Condition.All().Any(one => one is ModSeqCondition);
        if (asksModSeq) Condstore.Enable(session);
        var snapshot = session.Mailbox.Snapshot;
        var found = await MailboxSubject.SearchAsync(session, Condition, cancel);
        var order = await new Sorter(session, Criteria).RunAsync(found, cancel);
        var writer = session.Writer;
        writer.Raw("* SORT"u8);
        long highest = 0;
        foreach (var place in order)
        {
            writer.Space();
            writer.Number(Uid ? snapshot[place].Uid.Value : place + 1);
            highest = Math.Max(highest, snapshot[place].ModSeq.Value);
            if (writer.IsFull) await writer.FlushIfFullAsync();
        }
        if (asksModSeq && order.Length > 0)
        {
            writer.Raw(" (MODSEQ "u8);
            writer.Number(highest);
            writer.Raw(")"u8);
        }
        writer.EndLine();
    }
}
