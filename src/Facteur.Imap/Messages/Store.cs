using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Imap.Messages;

/// <summary>STORE and UID STORE: change flags.</summary>
// Command RFC 9051 §6.4.6; UNCHANGEDSINCE, MODIFIED RFC 7162 §3.1.3.
internal sealed record Store(SequenceSet Set, bool Uid, FlagChange Change, bool Silent, FlagSet Flags, ModSeq? UnchangedSince) : ImapCommand
{
    public override bool AllowsExpunge => Uid;

    public static ImapCommand Parse(ref ImapReader reader) => Parse(ref reader, uid: false);

    public static ImapCommand ParseUid(ref ImapReader reader) => Parse(ref reader, uid: true);

    private static Store Parse(ref ImapReader reader, bool uid)
    {
        reader.Space();
        var set = reader.SequenceSet();
        reader.Space();
        var unchangedSince = Modifiers(ref reader);
        var change = reader.TryByte((byte)'+') ? FlagChange.Add : reader.TryByte((byte)'-') ? FlagChange.Remove : FlagChange.Replace;
        var silent = reader.TryAtom("FLAGS.SILENT"u8);
        if (!silent && !reader.TryAtom("FLAGS"u8)) throw new ImapSyntaxException("FLAGS expected");
        reader.Space();
        var flags = reader.Flags();
        reader.End();
        return new Store(set, uid, change, silent, flags, unchangedSince);
    }

    private static ModSeq? Modifiers(ref ImapReader reader)
    {
        if (!reader.TryByte((byte)'(')) return null;
        if (!reader.TryAtom("UNCHANGEDSINCE"u8)) throw new ImapSyntaxException("unknown modifier of STORE");
        reader.Space();
        var modSeq = reader.ModSeqValue();
        reader.Expect((byte)')');
        reader.Space();
        return modSeq;
    }

    public override async ValueTask RunAsync(ImapSession session, CancellationToken cancel)
    {
        var mailbox = session.Mailbox;
        mailbox.RequireWritable();
        if (UnchangedSince is not null) Condstore.Enable(session);
        var places = mailbox.Resolve(Set, Uid);
        if (places.Count == 0) return;
        var told = mailbox.Snapshot;
        var result = await session.Store.StoreFlagsAsync(mailbox.Id, mailbox.Uids(places), Change, Flags, UnchangedSince, session.Person, cancel);
        if (result.Changed.Count > 0) mailbox.TellKeywords(session.Writer, result.Keywords);
        mailbox.ApplyOwn(result.Changed);
        await TellAsync(session, places, told, result);
        if (Change != FlagChange.Remove && Flags.System.Has(MessageFlags.Deleted)) await ExpungeAtOnceAsync(session, result, cancel);
        if (result.Modified.Count > 0) session.Complete("MODIFIED " + Modified(told, result.Modified), "some messages were changed meanwhile");
    }

    /// <summary>
    /// Removes what was marked just now, when the owner chose so in the settings: some programs mark and never send EXPUNGE. It is told
    /// as a removal by somebody else is, when the protocol allows it (RFC 9051 §7.5.1).
    /// </summary>
    private static async ValueTask ExpungeAtOnceAsync(ImapSession session, FlagResult result, CancellationToken cancel)
    {
        if (result.Changed.Count == 0 || !(await new AccountSettings(session.Store.Settings).ImapAsync(session.Account.Id, cancel)).ExpungesAtOnce) return;
        var marked = result.Changed.Where(entry => entry.Flags.Has(MessageFlags.Deleted)).Select(entry => new UidRange(entry.Uid.Value, entry.Uid.Value)).ToList();
        if (marked.Count == 0) return;
        var removed = await session.Store.ExpungeAsync(session.Mailbox.Id, marked, onlyDeleted: true, cancel);
        session.Note(TraceKind.Deleted, session.EmailsOf(removed.Removed));
    }

    /// <summary>Tells the new flags, and with .SILENT only what the client cannot know: mod-sequences, and what others changed in between.</summary>
    private async ValueTask TellAsync(ImapSession session, IReadOnlyList<IndexRange> places, MailboxSnapshot told, FlagResult result)
    {
        var mask = Mask(result.Keywords);
        var condstore = session.Enabled.HasFlag(EnabledFeatures.Condstore);
        var next = 0;
        foreach (var range in places)
        {
            for (var place = range.First; place <= range.Last; place++)
            {
                var before = told[place];
                var expected = Apply(before.Flags, mask);
                while (next < result.Changed.Count && result.Changed[next].Uid.Value < before.Uid.Value) next++;
                if (next < result.Changed.Count && result.Changed[next].Uid == before.Uid)
                {
                    var after = result.Changed[next];
                    var flags = !Silent || after.Flags != expected;
                    if (flags || condstore) Tell(session, place, after, flags, condstore);
                }
                // Nothing to change: said as it is. Other entries are gone, refused or changed by others: the session tells of those.
                else if (!Silent && expected == before.Flags) Tell(session, place, before, flags: true, condstore);
                await session.Writer.FlushIfFullAsync();
            }
        }
    }

    private void Tell(ImapSession session, int place, MessageEntry entry, bool flags, bool modSeq)
    {
        var writer = session.Writer;
        writer.BeginUntagged();
        writer.Number(place + 1);
        writer.Raw(" FETCH ("u8);
        // The UID too once the client speaks CONDSTORE (RFC 7162 §3.1.4.2 and §3.2.4).
        var uid = Uid || modSeq;
        if (uid)
        {
            writer.Raw("UID "u8);
            writer.Number(entry.Uid.Value);
        }
        if (flags)
        {
            if (uid) writer.Space();
            session.Mailbox.WriteFlags(session, entry);
        }
        if (modSeq) Condstore.Write(writer, entry.ModSeq);
        writer.Raw(")\r\n"u8);
    }

    private MessageFlags Apply(MessageFlags flags, MessageFlags mask) => Change switch
    {
        FlagChange.Add => flags | mask,
        FlagChange.Remove => flags & ~mask,
        _ => mask,
    };

    private MessageFlags Mask(KeywordTable keywords)
    {
        var mask = Flags.System;
        foreach (var name in Flags.Keywords)
            if (keywords.IndexOf(name) is var bit and >= 0) mask |= MessageFlags.Keyword(bit);
        return mask;
    }

    private string Modified(MailboxSnapshot told, IReadOnlyList<Uid> modified) => SequenceText.Of(Uid
        ? modified.Select(u => u.Value)
        : modified.Select(told.IndexOf).Where(i => i >= 0).Select(i => (uint)i + 1));
}
