using System.Text.Json;
using System.Text.Json.Serialization;
using Facteur.Accounts;
using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>The setting "subscriptions" of a user: mailboxes of shared accounts that it wishes to see, by account.</summary>
internal sealed record SubscriptionSetting(Dictionary<string, List<long>> Accounts);

/// <summary>
/// Which mailboxes of an account a user wishes to see (RFC 8621 §2, isSubscribed). Of the own account that is kept with the mailbox, where SUBSCRIBE of IMAP keeps
/// it; of a shared account each user has it separately, and none until it is set.
/// </summary>
internal sealed class Subscriptions
{
    private const string Setting = "subscriptions";

    private readonly JmapCall call;
    private readonly JmapAccount account;

    /// <summary>Of a shared account; null for the own.</summary>
    private readonly HashSet<long>? seen;

    private Subscriptions(JmapCall call, JmapAccount account, HashSet<long>? seen) => (this.call, this.account, this.seen) = (call, account, seen);

    private static bool IsOwn(JmapAccount account) => account.User == account.Id;

    public static async ValueTask<Subscriptions> ReadAsync(JmapCall call, JmapAccount account, CancellationToken cancel) =>
        new(call, account, IsOwn(account) ? null : [.. Of(await ReadAllAsync(call, account, cancel), account)]);

    public bool Has(Mailbox mailbox) => seen?.Contains(mailbox.Id.Value) ?? mailbox.Subscribed;

    /// <summary>What to change of a mailbox in the store, so that the user sees it or not.</summary>
    public MailboxUpdate Update(MailboxUpdate update, bool isSubscribed) => seen is null ? update with { Subscribed = isSubscribed } : update;

    /// <summary>Keeps it for the user of a shared account, and has the mailbox told as changed.</summary>
    public async ValueTask SetAsync(MailboxId mailbox, bool isSubscribed, CancellationToken cancel)
    {
        if (seen is null || seen.Contains(mailbox.Value) == isSubscribed) return;
        if (isSubscribed) seen.Add(mailbox.Value);
        else seen.Remove(mailbox.Value);
        var emails = call.Services.Store.Emails;
        // Those that are gone meanwhile are left out.
        var there = (await emails.LookAsync(account.Id, cancel)).Mailboxes.Select(one => one.Id.Value).ToHashSet();
        var all = await ReadAllAsync(call, account, cancel);
        all[Key(account)] = [.. seen.Where(there.Contains).Order()];
        foreach (var empty in all.Where(one => one.Value.Count == 0).Select(one => one.Key).ToList()) all.Remove(empty);
        ReadOnlyMemory<byte>? document = all.Count == 0 ? null : JsonSerializer.SerializeToUtf8Bytes(new SubscriptionSetting(all), SubscriptionJson.Default.SubscriptionSetting);
        await call.Services.Store.Settings.SetAsync(SettingScope.Of(account.User), Setting, document, cancel);
        await emails.UpdateMailboxAsync(mailbox, new MailboxUpdate { IsTold = true }, cancel);
    }

    private static List<long> Of(Dictionary<string, List<long>> all, JmapAccount account) => all.GetValueOrDefault(Key(account)) ?? [];

    private static async ValueTask<Dictionary<string, List<long>>> ReadAllAsync(JmapCall call, JmapAccount account, CancellationToken cancel) =>
        (await call.Services.Store.Settings.ReadAsync(SettingScope.Of(account.User), Setting, SubscriptionJson.Default.SubscriptionSetting, cancel))?.Accounts ?? [];

    private static string Key(JmapAccount account) => JmapIds.Of(account.Id);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SubscriptionSetting))]
internal sealed partial class SubscriptionJson : JsonSerializerContext;
