using System.Collections;
using System.Globalization;
using Facteur.Storage;

namespace Facteur.Pop3;

/// <summary>One message of a maildrop.</summary>
/// <param name="Uidl">Unique-id as it is sent: the one kept from a former host, or made of the email id.</param>
internal readonly record struct MaildropMessage(Uid Uid, EmailId Email, BodyReference Body, string Uidl);

/// <summary>
/// The inbox as it was when the session logged in: message numbers 1..n stay what they are to the end (RFC 1939 §4).
/// Marks of DELE are only here until <see cref="RemoveDeletedAsync"/>. Messages that IMAP marked \Deleted are in it: they exist until expunged.
/// </summary>
internal sealed class Maildrop
{
    private readonly MailStore store;
    private readonly AccountId account;
    private readonly MailboxId inbox;
    private readonly MaildropMessage[] messages;
    private readonly BitArray deleted;

    private Maildrop(MailStore store, AccountId account, MailboxId inbox, MaildropMessage[] messages)
    {
        this.store = store;
        this.account = account;
        this.inbox = inbox;
        this.messages = messages;
        deleted = new BitArray(messages.Length);
        Reset();
    }

    /// <summary>Messages that are not marked deleted, and their octets.</summary>
    public int Count { get; private set; }
    public long Octets { get; private set; }

    public bool AnyDeleted => Count < messages.Length;

    public static async ValueTask<Maildrop> OpenAsync(MailStore store, AccountId account, CancellationToken cancel)
    {
        var inbox = await store.FindMailboxAsync(account, "INBOX", cancel) ?? throw new Pop3RefusedException("SYS/PERM", "this account has no inbox");
        var messages = new List<MaildropMessage>(inbox.Messages);
        var emails = new HashSet<EmailId>(inbox.Messages);
        await using var reader = store.ReadEmails(inbox.Id, [UidRange.All], EmailFields.Entry);
        while (await reader.ReadAsync(cancel))
        {
            var entry = reader.Entry;
            messages.Add(new MaildropMessage(entry.Uid, entry.Email, reader.Body, reader.PopUidl ?? MakeUidl(entry, emails.Add(entry.Email))));
        }
        return new Maildrop(store, account, inbox.Id, [.. messages]);
    }

    /// <summary>The message of a number, if it is there and not marked deleted.</summary>
    public MaildropMessage this[int number]
    {
        get
        {
            if (number < 1 || number > messages.Length) throw new Pop3RefusedException(null, $"no such message, only {messages.Length} in the maildrop");
            if (deleted[number - 1]) throw new Pop3RefusedException(null, $"message {number} is marked deleted");
            return messages[number - 1];
        }
    }

    /// <summary>Numbers and messages that are not marked deleted.</summary>
    public IEnumerable<(int Number, MaildropMessage Message)> List()
    {
        for (var i = 0; i < messages.Length; i++)
            if (!deleted[i]) yield return (i + 1, messages[i]);
    }

    public void MarkDeleted(int number)
    {
        var message = this[number];
        deleted[number - 1] = true;
        Count--;
        Octets -= message.Body.Size;
    }

    public void Reset()
    {
        deleted.SetAll(false);
        Count = messages.Length;
        Octets = 0;
        foreach (var message in messages) Octets += message.Body.Size;
    }

    public async ValueTask<MessageBody> OpenBodyAsync(int number, CancellationToken cancel) =>
        await store.OpenBodyAsync(this[number].Body, cancel)
            ?? throw new Pop3RefusedException(null, $"message {number} was removed by another client meanwhile");

    /// <summary>Removes what is marked; those that were still there.</summary>
    public async ValueTask<IReadOnlyList<EmailId>> RemoveDeletedAsync(CancellationToken cancel)
    {
        if (!AnyDeleted) return [];
        var removed = (await store.ExpungeAsync(inbox, DeletedRanges(), onlyDeleted: false, cancel)).Removed.ToHashSet();
        return [.. messages.Where(message => removed.Contains(message.Uid)).Select(message => message.Email)];
    }

    /// <summary>Notes for the owner what a program did with messages.</summary>
    public void Note(TraceKind kind, IReadOnlyList<EmailId> emails, System.Net.IPEndPoint remote) =>
        store.Trace.Note(kind, account, inbox, emails, "POP3", "", remote.Address.ToString());

    /// <summary>Marked messages side by side make one range: no UID between them can come back.</summary>
    private List<UidRange> DeletedRanges()
    {
        var ranges = new List<UidRange>();
        for (var i = 0; i < messages.Length; i++)
        {
            if (!deleted[i]) continue;
            var first = i;
            while (i + 1 < messages.Length && deleted[i + 1]) i++;
            ranges.Add(new UidRange(messages[first].Uid.Value, messages[i].Uid.Value));
        }
        return ranges;
    }

    /// <summary>An email keeps its id when it is moved away and back, so clients do not fetch it twice; a second copy of it takes its UID along.</summary>
    private static string MakeUidl(MessageEntry entry, bool isFirst) => isFirst
        ? string.Create(CultureInfo.InvariantCulture, $"F{entry.Email.Value}")
        : string.Create(CultureInfo.InvariantCulture, $"F{entry.Email.Value}-{entry.Uid.Value}");
}
