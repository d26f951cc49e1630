using System.Text.Json;
using Facteur.Jmap.Push;
using Facteur.Storage;
using Facteur.Storage.Searching;

namespace Facteur.Jmap;

/// <summary>
/// What a member is told when its rights on a shared account change (RFC 9670 §3). Rights are on accounts here: a notification is of the inbox, which
/// stands for all mailboxes of the account.
/// </summary>
internal sealed class ShareNotificationType : ListedType
{
    public const string ObjectType = "Mailbox";

    public static readonly ShareNotificationType Instance = new();

    public static readonly ListedQuestion<ShareNotice> Question = new(static one => IdOf(one), Condition, Key);

    private ShareNotificationType()
        : base("ShareNotification", JmapCapabilities.Principals, "created", "changedBy", "objectType", "objectAccountId", "objectId", "oldRights", "newRights", "name")
    {
    }

    public static string IdOf(ShareNotice notice) => JmapIds.Write('n', notice.Id);

    public override async ValueTask<IReadOnlyList<ListedObject>> ListAsync(JmapCall call, JmapAccount account, CancellationToken cancel)
    {
        await Principal.OwnAsync(call, account, cancel);
        var objects = new List<ListedObject>();
        foreach (var notice in await call.Services.Store.Directory.ListShareNoticesAsync(account.Id, cancel)) objects.Add(await ToObjectAsync(call, notice, cancel));
        return objects;
    }

    /// <summary>What queries are over, and its state.</summary>
    public static async ValueTask<ListedAll<ShareNotice>> AllAsync(JmapCall call, JmapAccount account, CancellationToken cancel)
    {
        var state = await Instance.StateAsync(call, account, cancel);
        return new(await call.Services.Store.Directory.ListShareNoticesAsync(account.Id, cancel), state);
    }

    private static async ValueTask<ListedObject> ToObjectAsync(JmapCall call, ShareNotice notice, CancellationToken cancel)
    {
        // Of an account that is gone nothing can be opened any more: its number stands for its inbox, too.
        var isThere = await call.Services.Store.Directory.GetAccountAsync(notice.Shared, cancel) is not null;
        var inbox = isThere ? await call.Services.Store.FindMailboxAsync(notice.Shared, MailboxName.Inbox, cancel) : null;
        return ListedObject.Of(IdOf(notice), writer =>
        {
            PushDates.Write(writer, "created", notice.At);
            // Shares are the administrator's: no principal has changed it.
            writer.WriteStartObject("changedBy"u8);
            writer.WriteString("name"u8, notice.Name[(notice.Name.LastIndexOf('@') + 1)..]);
            writer.WriteNull("email"u8);
            writer.WriteNull("principalId"u8);
            writer.WriteEndObject();
            writer.WriteString("objectType"u8, ObjectType);
            writer.WriteString("objectAccountId"u8, JmapIds.Of(notice.Shared));
            writer.WriteString("objectId"u8, inbox is null ? JmapIds.Of(new MailboxId(0)) : JmapIds.Of(inbox.Id));
            WriteRights(writer, "oldRights", notice.Old);
            WriteRights(writer, "newRights", notice.New);
            writer.WriteString("name"u8, notice.Name);
        });
    }

    private static void WriteRights(Utf8JsonWriter writer, string name, ShareRights rights)
    {
        var write = rights.HasFlag(ShareRights.Write);
        if (rights.HasFlag(ShareRights.Read)) MailboxView.WriteRights(writer, name, write, write, isInbox: true);
        else writer.WriteNull(name);
    }

    // RFC 9670 §3.
    private static Predicate<ShareNotice> Condition(JsonElement of, string name)
    {
        var wanted = JmapArguments.RequireString(of, name);
        switch (name)
        {
            case "after":
                var after = Date(name, wanted);
                return one => one.At >= after;
            case "before":
                var before = Date(name, wanted);
                return one => one.At < before;
            case "objectType":
                return _ => wanted == ObjectType;
            case "objectAccountId":
                return one => JmapIds.Of(one.Shared) == wanted;
            default:
                throw FilterReader<Predicate<ShareNotice>>.Unsupported($"{name} is not known");
        }
    }

    private static DateTimeOffset Date(string name, string text) => PushDates.TryRead(text, out var date) ? date : throw JmapMethodException.InvalidArguments($"{name} is not a UTCDate");

    private static Comparison<ShareNotice>? Key(string property, Collation collation) => property == "created" ? static (a, b) => a.At.CompareTo(b.At) : null;
}
