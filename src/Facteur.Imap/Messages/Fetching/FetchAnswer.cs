using System.Runtime.ExceptionServices;
using Facteur.Storage;

namespace Facteur.Imap.Messages;

/// <summary>Writes the FETCH responses of one command.</summary>
internal sealed class FetchAnswer : IAsyncDisposable
{
    /// <summary>Messages whose reading is noted at once.</summary>
    private const int NotedTogether = 1_000;

    private readonly ImapSession session;
    private readonly SelectedMailbox mailbox;
    private readonly ImapWriter writer;
    private readonly IReadOnlyList<FetchItem> items;
    private readonly EmailFields fields;
    private readonly bool readsStore;
    private readonly bool hasFlags;
    private readonly FlagCache flags;
    private readonly FetchBody body;
    private readonly bool readsContent;
    private readonly List<EmailId> read = [];
    private IReadOnlyList<MessageEntry> newlySeen = [];
    private int gone;

    public FetchAnswer(ImapSession session, IReadOnlyList<FetchItem> items)
    {
        this.session = session;
        this.items = items;
        mailbox = session.Mailbox;
        writer = session.Writer;
        flags = new FlagCache(session);
        body = new FetchBody(session);
        foreach (var item in items)
        {
            fields |= Fields(item);
            readsStore |= item.Kind > FetchKind.EmailId;
            hasFlags |= item.Kind == FetchKind.Flags;
            readsContent |= item.ReadsContent;
        }
    }

    /// <summary>Sets \Seen on those of <paramref name="places"/> that lack it, as one change (RFC 9051 §6.4.5 BODY[]); their answers tell FLAGS.</summary>
    public async ValueTask MarkSeenAsync(IReadOnlyList<IndexRange> places, CancellationToken cancel)
    {
        var unseen = new List<uint>();
        foreach (var range in places)
            for (var place = range.First; place <= range.Last; place++)
                if (!mailbox.Snapshot[place].Flags.Has(MessageFlags.Seen)) unseen.Add(mailbox.Snapshot[place].Uid.Value);
        newlySeen = [];
        if (unseen.Count == 0) return;
        var result = await session.Store.StoreFlagsAsync(mailbox.Id, [.. SequenceText.Runs(unseen)], FlagChange.Add, new FlagSet(MessageFlags.Seen, []), null, session.Person, cancel);
        mailbox.TellKeywords(writer, result.Keywords);
        mailbox.ApplyOwn(result.Changed);
        newlySeen = result.Changed;
    }

    /// <summary>Writes the items of the messages at <paramref name="places"/>, ascending.</summary>
    public async ValueTask WriteAsync(IReadOnlyList<IndexRange> places, CancellationToken cancel)
    {
        if (places.Count == 0) return;
        if (readsStore) await WriteFromStoreAsync(places, cancel);
        else await WriteFromSnapshotAsync(places);
    }

    /// <summary>Says how the command ends.</summary>
    public void Complete()
    {
        if (body.Damage is { } damage) ExceptionDispatchInfo.Throw(damage);
        if (body.UnknownEncoding) throw new ImapRefusedException("UNKNOWN-CTE", "a part has an encoding that is not known"); // RFC 3516 §4.3
        if (gone > 0) session.Complete("EXPUNGEISSUED", "some of the messages are gone"); // RFC 5530 §3
    }

    public ValueTask DisposeAsync()
    {
        session.Note(TraceKind.Fetched, read);
        return body.DisposeAsync();
    }

    private async ValueTask WriteFromSnapshotAsync(IReadOnlyList<IndexRange> places)
    {
        var snapshot = mailbox.Snapshot;
        foreach (var range in places)
            for (var place = range.First; place <= range.Last; place++)
            {
                WriteSnapshotItems(place, snapshot[place]);
                if (writer.IsFull) await writer.FlushIfFullAsync();
            }
    }

    private void WriteSnapshotItems(int place, in MessageEntry entry)
    {
        BeginMessage(place);
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0) writer.Space();
            WriteSnapshotItem(items[i], entry);
        }
        writer.Raw(")\r\n"u8);
    }

    private async ValueTask WriteFromStoreAsync(IReadOnlyList<IndexRange> places, CancellationToken cancel)
    {
        var snapshot = mailbox.Snapshot;
        await using var emails = session.Store.ReadEmails(mailbox.Id, mailbox.Uids(places), fields);
        var more = await emails.ReadAsync(cancel);
        var seen = 0;
        foreach (var range in places)
            for (var place = range.First; place <= range.Last; place++)
            {
                var entry = snapshot[place];
                while (more && emails.Entry.Uid.Value < entry.Uid.Value) more = await emails.ReadAsync(cancel);
                if (!more || emails.Entry.Uid != entry.Uid)
                {
                    gone++;
                    continue;
                }
                while (seen < newlySeen.Count && newlySeen[seen].Uid.Value < entry.Uid.Value) seen++;
                var tellsFlags = !hasFlags && seen < newlySeen.Count && newlySeen[seen].Uid == entry.Uid;
                await WriteMessageAsync(place, entry, emails, tellsFlags, cancel);
                await writer.FlushIfFullAsync();
                more = await emails.ReadAsync(cancel);
            }
    }

    private async ValueTask WriteMessageAsync(int place, MessageEntry entry, EmailReader email, bool tellsFlags, CancellationToken cancel)
    {
        BeginMessage(place);
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0) writer.Space();
            var item = items[i];
            if (item.Kind >= FetchKind.Section) await body.WriteAsync(item, email, cancel);
            else if (item.Kind > FetchKind.EmailId) WriteEmailItem(item, email);
            else WriteSnapshotItem(item, entry);
        }
        if (tellsFlags)
        {
            writer.Raw(" FLAGS "u8);
            flags.Write(entry);
            if (session.Enabled.HasFlag(EnabledFeatures.Condstore)) Condstore.Write(writer, entry.ModSeq);
        }
        writer.Raw(")\r\n"u8);
        await body.CloseAsync();
        if (!readsContent) return;
        read.Add(entry.Email);
        if (read.Count < NotedTogether) return;
        session.Note(TraceKind.Fetched, read);
        read.Clear();
    }

    private void BeginMessage(int place)
    {
        writer.BeginUntagged();
        writer.Number(place + 1);
        writer.Raw(" FETCH ("u8);
    }

    private void WriteSnapshotItem(FetchItem item, in MessageEntry entry)
    {
        writer.Raw(item.Label.Span);
        switch (item.Kind)
        {
            case FetchKind.Uid: writer.Number(entry.Uid.Value); break;
            case FetchKind.Flags: flags.Write(entry); break;
            case FetchKind.ModSeq: WriteParenthesised(""u8, entry.ModSeq.Value); break;
            case FetchKind.EmailId: WriteParenthesised(ObjectIds.EmailPrefix, entry.Email.Value); break;
        }
    }

    private void WriteEmailItem(FetchItem item, EmailReader email)
    {
        writer.Raw(item.Label.Span);
        switch (item.Kind)
        {
            case FetchKind.ThreadId: WriteParenthesised(ObjectIds.ThreadPrefix, email.Thread.Value); break;
            case FetchKind.InternalDate: writer.DateTime(email.InternalDate); break;
            case FetchKind.SaveDate: writer.DateTime(email.SaveDate); break;
            case FetchKind.Size: writer.Number(email.Size); break;
            case FetchKind.Envelope: writer.Raw(email.Envelope); break;
            case FetchKind.Preview: writer.QuotedOrLiteral(email.Preview); break;
            case FetchKind.Body: BodyStructureForm.Write(email.BodyStructure, writer, extensions: false, session.Enabled.HasFlag(EnabledFeatures.Imap4Rev2)); break;
            case FetchKind.BodyStructure: BodyStructureForm.Write(email.BodyStructure, writer, extensions: true, session.Enabled.HasFlag(EnabledFeatures.Imap4Rev2)); break;
        }
    }

    private void WriteParenthesised(ReadOnlySpan<byte> prefix, long value)
    {
        writer.Raw("("u8);
        writer.Raw(prefix);
        writer.Number(value);
        writer.Raw(")"u8);
    }

    private static EmailFields Fields(FetchItem item) => item.Kind switch
    {
        FetchKind.Envelope => EmailFields.Envelope,
        FetchKind.Body or FetchKind.BodyStructure => EmailFields.BodyStructure,
        FetchKind.Preview => EmailFields.Preview,
        FetchKind.Section when item.Section!.IsWholeMessage => EmailFields.Entry,
        FetchKind.Section or FetchKind.Binary or FetchKind.BinarySize => EmailFields.Parts,
        _ => EmailFields.Entry,
    };
}
