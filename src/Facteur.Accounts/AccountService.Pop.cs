using Facteur.Storage;

namespace Facteur.Accounts;

/// <summary>What is to change of the setting "pop"; null leaves a thing as it is.</summary>
/// <param name="DeleteAfterDays">Negative: never.</param>
public sealed record PopChange(
    PopScope? Scope = null, PopAfterDownload? AfterDownload = null, IReadOnlyList<string>? Folders = null,
    int? DeleteAfterDays = null, int? LoginDelay = null, bool? IsShared = null)
{
    /// <summary>The scope is chosen anew though it holds already: "from now on" begins now.</summary>
    public bool Anew { get; init; }
}

// What POP3 shows of an account's mail, and what becomes of it.
public sealed partial class AccountService
{
    private const int MaxPopFolders = 100;
    private const int MaxPopDays = 3650;
    private const int MaxLoginDelay = 24 * 60 * 60;

    /// <summary>What holds for an account: its own, its domain's or the site's.</summary>
    public async ValueTask<PopSetting> GetPopAsync(string account, CancellationToken cancel) =>
        await Settings.PopAsync(await RequireAccountAsync(account, cancel), cancel);

    /// <summary>
    /// Changes the setting of an account, beginning with what holds for it. "From now on" takes its mark from <paramref name="store"/> when it is
    /// chosen anew; while it holds, saying it again does not move the mark, so that no mail falls between.
    /// </summary>
    public async ValueTask<PopSetting> SetPopAsync(string account, PopChange change, MailStore store, CancellationToken cancel)
    {
        var owner = await RequireAccountAsync(account, cancel);
        var before = await Settings.PopAsync(owner, cancel);
        var setting = before with
        {
            AfterDownload = change.AfterDownload ?? before.AfterDownload,
            Folders = change.Folders is null ? before.Folders : change.Folders.Count == 0 ? null : await FoldersAsync(store, owner.Id, change.Folders, cancel),
            DeleteAfterDays = change.DeleteAfterDays is { } days ? (days < 0 ? null : days) : before.DeleteAfterDays,
            LoginDelay = change.LoginDelay ?? before.LoginDelay,
            IsShared = change.IsShared ?? before.IsShared,
        };
        if (change.Scope is { } scope && (change.Anew || scope != before.Scope))
            setting = setting with { Scope = scope, Since = time.GetUtcNow(), AfterEmail = scope == PopScope.FromNow ? (await store.LastEmailAsync(cancel)).Value : 0 };
        if (Fault(setting) is { } fault) throw new AccountRuleException(fault) { Rule = "PopLimits" };
        await Settings.WriteAsync(SettingScope.Of(owner.Id), AccountSettings.Pop, setting, MailSettingsJson.Default.PopSetting, cancel);
        return setting;
    }

    /// <summary>What is wrong with a setting, in one sentence; null when nothing is.</summary>
    public static string? Fault(PopSetting setting)
    {
        if (setting.DeleteAfterDays is < 0 or > MaxPopDays) return $"The days before messages leave the server are 0 to {MaxPopDays}.";
        if (setting.LoginDelay is < 0 or > MaxLoginDelay) return $"The seconds between two logins are 0 to {MaxLoginDelay}.";
        return setting.Folders is { Count: > MaxPopFolders } ? $"At most {MaxPopFolders} folders are shown." : null;
    }

    private static async ValueTask<IReadOnlyList<string>> FoldersAsync(MailStore store, AccountId account, IReadOnlyList<string> names, CancellationToken cancel)
    {
        var folders = new List<string>();
        foreach (var name in names)
        {
            var mailbox = await store.FindMailboxAsync(account, name, cancel) ?? throw new AccountRuleException($"The account has no folder \"{name}\".") { Rule = "PopNoFolder", Arguments = [name] };
            if (mailbox.Role != MailboxRole.Inbox && !folders.Contains(mailbox.Name)) folders.Add(mailbox.Name);
        }
        return folders;
    }
}
