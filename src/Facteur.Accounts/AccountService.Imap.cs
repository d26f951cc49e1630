using Facteur.Storage;

namespace Facteur.Accounts;

// What IMAP does with an account's mail, by its owner's choice.
public sealed partial class AccountService
{
    public async ValueTask<ImapSetting> GetImapAsync(string account, CancellationToken cancel) =>
        await Settings.ImapAsync((await RequireAccountAsync(account, cancel)).Id, cancel);

    public async ValueTask SetImapAsync(string account, ImapSetting setting, CancellationToken cancel)
    {
        if (setting.Fault() is { } fault) throw new AccountRuleException(fault) { Rule = "ImapMaxMessages", Arguments = [ImapSetting.FewestMessages] };
        var owner = await RequireAccountAsync(account, cancel);
        await Settings.WriteAsync(SettingScope.Of(owner.Id), AccountSettings.Imap, setting == new ImapSetting() ? null : setting, MailSettingsJson.Default.ImapSetting, cancel);
    }
}
