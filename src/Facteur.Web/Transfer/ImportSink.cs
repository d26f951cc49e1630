using Facteur.Storage;

namespace Facteur.Web.Transfer;

/// <summary>Takes messages line by line and puts them into mailboxes, many with one commit.</summary>
internal sealed class ImportSink(MailStore store, AccountId account, TimeProvider time, ImportReport report, bool isSeen) : IAsyncDisposable
{
    /// <summary>Longest message taken.</summary>
    private const long MaxMessageOctets = 100L * 1024 * 1024;

    private const int MaxTogether = 64, MaxMailboxes = 500;
    private const long MaxOctetsTogether = 8 * 1024 * 1024;

    private static readonly ReadOnlyMemory<byte> lineEnd = "\r\n"u8.ToArray();

    private readonly Dictionary<string, MailboxId> mailboxes = new(StringComparer.Ordinal);
    private readonly List<(MessageIntake Message, string Where, int Number, string Mailbox, DeliveryTarget Target)> waiting = [];
    private MessageIntake? intake;
    private string where = "", mailbox = "";
    private int number;
    private long octets;
    private MessageFlags flags;
    private DateTimeOffset? date;
    private bool isMessage, hasHeader, isOver;
    private long waitingOctets;

    /// <summary>Begins a message.</summary>
    /// <param name="known">Flags that the file says of it; null when it says nothing.</param>
    public void Begin(string file, int place, string into, MessageFlags? known, DateTimeOffset? received)
    {
        (where, number, mailbox, date) = (file, place, into, received);
        flags = known ?? (isSeen ? MessageFlags.Seen : MessageFlags.None);
        (intake, octets, isMessage, hasHeader, isOver) = (store.BeginMessage(null), 0, false, false, false);
    }

    /// <summary>Flags that came behind the beginning.</summary>
    public void Know(MessageFlags known, bool replaces) => flags = replaces ? known : flags | known;

    /// <summary>Takes a piece of a line.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> piece, bool begins, bool ends, CancellationToken cancel)
    {
        if (isOver) return;
        if (begins && !hasHeader)
        {
            // A message begins with a field: a name, then a colon (RFC 5322 §2.2).
            hasHeader = true;
            isMessage = IsField(piece.Span);
        }
        octets += piece.Length + (ends ? 2 : 0);
        if (octets > MaxMessageOctets || !isMessage)
        {
            isOver = true;
            return;
        }
        await intake!.WriteAsync(piece, cancel);
        if (ends) await intake.WriteAsync(lineEnd, cancel);
    }

    /// <summary>The message is whole.</summary>
    public async ValueTask EndAsync(CancellationToken cancel)
    {
        if (intake is not { } message) return;
        intake = null;
        if (isOver || !isMessage)
        {
            report.Fail(where, number, isMessage ? "Import.TooLong" : "Import.NoMessage");
            await message.DisposeAsync();
            return;
        }
        var facts = await message.CompleteAsync(cancel);
        var at = date ?? facts.SentDate ?? time.GetUtcNow();
        waiting.Add((message, where, number, mailbox, new DeliveryTarget(await FindAsync(cancel), new FlagSet(flags, []), at)));
        waitingOctets += message.Length;
        if (waiting.Count >= MaxTogether || waitingOctets >= MaxOctetsTogether) await FlushAsync(cancel);
    }

    /// <summary>Makes durable what waits.</summary>
    /// <exception cref="StoreRefusedException">There is no room: what is in so far stays.</exception>
    public async ValueTask FlushAsync(CancellationToken cancel)
    {
        if (waiting.Count == 0) return;
        try
        {
            await store.DeliverAsync([.. waiting.Select(one => new Storage.Delivery(one.Message, [one.Target]))], cancel);
            foreach (var one in waiting) report.Add(one.Mailbox);
        }
        finally
        {
            await DropAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (intake is not null) await intake.DisposeAsync();
        await DropAsync();
    }

    private async ValueTask DropAsync()
    {
        foreach (var one in waiting) await one.Message.DisposeAsync();
        waiting.Clear();
        waitingOctets = 0;
    }

    private async ValueTask<MailboxId> FindAsync(CancellationToken cancel)
    {
        if (mailboxes.TryGetValue(mailbox, out var known)) return known;
        if (mailboxes.Count >= MaxMailboxes) mailbox = mailboxes.Keys.First(); // an archive of folders and nothing else
        else if (await store.FindMailboxAsync(account, mailbox, cancel) is { Selectable: true } found) mailboxes[mailbox] = found.Id;
        else
        {
            var made = await store.CreateMailboxAsync(account, mailbox, MailboxRole.None, cancel);
            await store.SetSubscribedAsync(account, made.Name, true, cancel);
            mailboxes[mailbox] = made.Id;
        }
        return mailboxes[mailbox];
    }

    private static bool IsField(ReadOnlySpan<byte> line) => line.IndexOf((byte)':') is > 0 and < 100 and var colon && !line[..colon].ContainsAnyExceptInRange((byte)'!', (byte)'~');
}
