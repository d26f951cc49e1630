using System.Text.Json;
using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>Mailbox/get: mailboxes with their counts and what the user may do with them (RFC 8621 §2.1).</summary>
internal sealed class MailboxGet() : JmapMethod("Mailbox/get", JmapCapabilities.Mail)
{
    private static readonly string[] Known =
    [
        "id", "name", "parentId", "role", "sortOrder", "totalEmails", "unreadEmails", "totalThreads", "unreadThreads", "myRights", "isSubscribed",
    ];

    // "color" is ours (docs/jmap.md): for those who opted in.
    private static readonly string[] KnownOfFacteur = [.. Known, "color"];

    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        JmapArguments.Only(call.Arguments, "accountId", "ids", "properties");
        var account = await call.AccountAsync(write: false, cancel);
        var known = call.Uses(JmapCapabilities.FacteurMail) ? KnownOfFacteur : Known;
        var properties = JmapGet.Properties(call, known) ?? [.. known];
        var ids = JmapGet.Ids(call);
        var snapshot = await call.Services.Store.Emails.LookAsync(account.Id, cancel);
        if (ids is null && snapshot.Mailboxes.Count > call.Services.Limits.MaxObjectsInGet) throw JmapGet.TooLarge();
        var notFound = new List<string>();
        var view = new MailboxView(account, snapshot, await Subscriptions.ReadAsync(call, account, cancel));
        JmapGet.Begin(call, account, new JmapState(snapshot.ModSeq));
        if (ids is null)
            foreach (var mailbox in snapshot.Mailboxes) view.Write(call.Answer, mailbox, properties);
        foreach (var id in ids ?? [])
        {
            if (JmapIds.TryRead(call.Request.ResolveId(id), out MailboxId mailbox) && snapshot.FindMailbox(mailbox) is { } found) view.Write(call.Answer, found, properties);
            else notFound.Add(id);
        }
        JmapGet.End(call, notFound);
    }
}

/// <summary>Mailboxes of an account as JMAP shows them to a user (RFC 8621 §2).</summary>
internal sealed class MailboxView(JmapAccount account, AccountSnapshot snapshot, Subscriptions subscriptions)
{
    private Dictionary<string, MailboxId>? byName;

    /// <summary>The last level of the store's name. The inbox is "Inbox": clients that know no roles show it as it is.</summary>
    public static string NameOf(Mailbox mailbox) =>
        mailbox.Name == MailboxName.Inbox ? "Inbox" : mailbox.Name[(mailbox.Name.LastIndexOf(MailboxName.Separator) + 1)..];

    /// <summary>The name of a role (RFC 8621 §2, RFC 6154 §2), or null.</summary>
    public static string? NameOf(MailboxRole role) => role switch
    {
        MailboxRole.Inbox => "inbox",
        MailboxRole.Drafts => "drafts",
        MailboxRole.Sent => "sent",
        MailboxRole.Junk => "junk",
        MailboxRole.Trash => "trash",
        MailboxRole.Archive => "archive",
        MailboxRole.All => "all",
        MailboxRole.Flagged => "flagged",
        MailboxRole.Important => "important",
        // Ours, as the others of RFC 8621 §2 are attributes of IMAP in lower case.
        MailboxRole.Snoozed => "snoozed",
        _ => null,
    };

    /// <summary>The mailbox above, or null at the top.</summary>
    public MailboxId? ParentOf(Mailbox mailbox)
    {
        if (MailboxName.Parent(mailbox.Name) is not { } parent) return null;
        byName ??= snapshot.Mailboxes.ToDictionary(one => one.Mailbox.Name, one => one.Id, StringComparer.Ordinal);
        return byName.TryGetValue(parent, out var id) ? id : null;
    }

    public void Write(Utf8JsonWriter json, AccountMailbox mailbox, HashSet<string> properties)
    {
        var stored = mailbox.Mailbox;
        json.WriteStartObject();
        json.WriteString("id"u8, JmapIds.Of(mailbox.Id));
        if (Wants("name")) json.WriteString("name"u8, NameOf(stored));
        if (Wants("parentId")) json.WriteString("parentId"u8, ParentOf(stored) is { } parent ? JmapIds.Of(parent) : null);
        if (Wants("role")) json.WriteString("role"u8, NameOf(stored.Role));
        if (Wants("sortOrder")) json.WriteNumber("sortOrder"u8, stored.SortOrder);
        if (Wants("totalEmails")) json.WriteNumber("totalEmails"u8, mailbox.TotalEmails);
        if (Wants("unreadEmails")) json.WriteNumber("unreadEmails"u8, mailbox.UnreadEmails);
        if (Wants("totalThreads")) json.WriteNumber("totalThreads"u8, mailbox.TotalThreads);
        if (Wants("unreadThreads")) json.WriteNumber("unreadThreads"u8, mailbox.UnreadThreads);
        if (Wants("myRights")) WriteRights(json, "myRights", !account.IsReadOnly, !account.IsReadOnly && stored.Selectable, stored.Name == MailboxName.Inbox);
        if (Wants("isSubscribed")) json.WriteBoolean("isSubscribed"u8, subscriptions.Has(stored));
        if (Wants("color")) json.WriteString("color"u8, stored.Color.Length == 0 ? null : stored.Color);
        json.WriteEndObject();

        bool Wants(string property) => properties.Contains(property);
    }

    /// <summary>Writes what somebody may do with a mailbox (RFC 8621 §2): who may write to an account may do so in all of its mailboxes (decision 0023).</summary>
    /// <param name="items">Messages can be in it, and changed.</param>
    public static void WriteRights(Utf8JsonWriter json, string name, bool write, bool items, bool isInbox)
    {
        json.WriteStartObject(name);
        json.WriteBoolean("mayReadItems"u8, true);
        json.WriteBoolean("mayAddItems"u8, items);
        json.WriteBoolean("mayRemoveItems"u8, items);
        json.WriteBoolean("maySetSeen"u8, items);
        json.WriteBoolean("maySetKeywords"u8, items);
        json.WriteBoolean("mayCreateChild"u8, write);
        // The inbox stays where mail is delivered to.
        json.WriteBoolean("mayRename"u8, write && !isInbox);
        json.WriteBoolean("mayDelete"u8, write && !isInbox);
        json.WriteBoolean("maySubmit"u8, items);
        json.WriteEndObject();
    }
}
