using Facteur.Accounts;
using Facteur.Pop3.Texts;
using Facteur.Storage;

namespace Facteur.Pop3.Maildrops;

/// <summary>
/// The mail of an account as it was when the session logged in: message numbers 1..n stay what they are to the end (RFC 1939 §4). The inbox
/// comes first, then the folders its owner named. Marks of DELE are only here until QUIT. Messages that IMAP marked \Deleted are in it:
/// they exist until expunged; one that is expunged meanwhile is still sent, because its body stays for the retention.
/// </summary>
internal sealed class Maildrop
{
    private readonly MailStore store;
    private readonly MaildropPart[] parts;
    private readonly MessageMarks deleted;
    private readonly MessageMarks fetched;
    private readonly BodyWindow window;
    private int missing; // of all, those that were gone before they were listed

    private Maildrop(MailStore store, AccountRecord account, PopSetting setting, MaildropPart[] parts)
    {
        (this.store, Account, Setting, this.parts) = (store, account, setting, parts);
        Messages = parts.Sum(part => part.Count);
        Mark = Uidl.MarkOf(account);
        (deleted, fetched, window) = (new MessageMarks(Messages), new MessageMarks(Messages), new BodyWindow(store));
        Reset();
    }

    public AccountRecord Account { get; }
    public PopSetting Setting { get; }
    public IReadOnlyList<MaildropPart> Parts => parts;

    /// <summary>What is behind the unique-ids that are made here.</summary>
    public byte[] Mark { get; }

    /// <summary>Message numbers, those of marked ones among them.</summary>
    public int Messages { get; }

    /// <summary>Messages that are not marked deleted, and their octets.</summary>
    public int Count => Messages - missing - deleted.Count;
    public long Octets { get; private set; }

    /// <summary>Numbers fetched whole.</summary>
    public MessageMarks FetchedNumbers => fetched;

    public MessageMarks DeletedNumbers => deleted;

    public static async ValueTask<Maildrop> OpenAsync(
        MailStore store, MaildropCache cache, AccountRecord account, PopSetting setting, CancellationToken cancel)
    {
        var after = new EmailId(setting.Scope == PopScope.FromNow ? setting.AfterEmail : 0);
        var parts = new List<MaildropPart>();
        foreach (var name in setting.Folders is { Count: > 0 } folders ? folders.Prepend("INBOX") : ["INBOX"])
        {
            if (await store.FindMailboxAsync(account.Id, name, cancel) is not { Selectable: true } mailbox) continue;
            if (parts.Exists(part => part.Mailbox.Id == mailbox.Id)) continue;
            if (await MaildropPart.OpenAsync(store, cache, mailbox, after, cancel) is { } part) parts.Add(part);
        }
        if (parts.Count == 0) throw new Pop3RefusedException("SYS/PERM", Pop3Text.NoInbox); // RFC 3206
        return new Maildrop(store, account, setting, [.. parts]);
    }

    /// <summary>Lists the messages, where login only counted them. Before <see cref="this[int]"/>.</summary>
    public async ValueTask LoadAsync(CancellationToken cancel)
    {
        foreach (var part in parts)
        {
            if (part.IsLoaded) continue;
            await part.LoadAsync(cancel);
            foreach (ref readonly var entry in part.Entries)
                if (IsGone(entry)) missing++;
            Reset();
        }
    }

    /// <summary>The message of a number, if it is there and not marked deleted.</summary>
    public MaildropEntry this[int number]
    {
        get
        {
            if (number < 1 || number > Messages) throw new Pop3RefusedException(null, Pop3Text.NoSuchMessage, Messages);
            if (deleted[number]) throw new Pop3RefusedException(null, Pop3Text.IsMarkedDeleted, number);
            var entry = Find(number, out _);
            return IsGone(entry) ? throw new Pop3RefusedException(null, Pop3Text.RemovedMeanwhile, number) : entry;
        }
    }

    /// <summary>The message of a number that exists, whatever its marks.</summary>
    public MaildropEntry Find(int number, out MaildropPart part)
    {
        var at = number - 1;
        foreach (var one in parts)
        {
            part = one;
            if (at < one.Count) return one.Entries[at];
            at -= one.Count;
        }
        throw new ArgumentOutOfRangeException(nameof(number));
    }

    public bool IsListed(int number, in MaildropEntry entry) => !deleted[number] && !IsGone(entry);

    public void MarkDeleted(int number)
    {
        var entry = this[number];
        deleted.Add(number);
        Octets -= entry.Size;
    }

    public void Reset()
    {
        deleted.Clear();
        Octets = 0;
        foreach (var part in parts) Octets += part.Octets;
        if (missing == 0) return;
        Octets = 0;
        foreach (var part in parts)
            foreach (ref readonly var entry in part.IsLoaded ? part.Entries : [])
                Octets += entry.Size;
    }

    public async ValueTask<string> UidlAsync(int number, CancellationToken cancel)
    {
        var entry = this[number];
        _ = Find(number, out var part);
        if (!entry.HasPopUidl) return Uidl.Own(entry.Email, Mark);
        var kept = KeptOf(part);
        await kept.ReadAsync(new UidRange(entry.Uid.Value, entry.Uid.Value), cancel);
        kept.TryFind(entry.Uid, out var uidl);
        if (uidl is null) throw new Pop3RefusedException(null, Pop3Text.RemovedMeanwhile, number);
        return uidl.Length > 0 ? uidl : Uidl.Own(entry.Email, Mark);
    }

    public KeptUidls KeptOf(MaildropPart part) => new(store, part.Mailbox.Id);

    /// <summary>A short body that is at hand, read with those behind it; empty when it has to be opened.</summary>
    public ValueTask<ReadOnlyMemory<byte>> ShortBodyAsync(int number, bool ahead, CancellationToken cancel)
    {
        var entry = this[number];
        return window.FindAsync(this, number, entry, ahead, cancel);
    }

    public async ValueTask<MessageBody> OpenBodyAsync(int number, CancellationToken cancel) =>
        await store.OpenEmailAsync(this[number].Email, cancel) ?? throw new Pop3RefusedException(null, Pop3Text.RemovedMeanwhile, number);

    /// <summary>The session is over: what is at hand is given back.</summary>
    public void Close() => window.Dispose();

    private static bool IsGone(in MaildropEntry entry) => entry.Email.Value == 0;
}
