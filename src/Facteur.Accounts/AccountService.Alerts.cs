using Facteur.Storage;

namespace Facteur.Accounts;

// What owners want to be told of logins.
public sealed partial class AccountService
{
    public async ValueTask<AlertSetting> GetAlertsAsync(AccountId account, CancellationToken cancel) =>
        await (settings ?? throw new InvalidOperationException("this service was made without settings")).ReadAsync(SettingScope.Of(account), LoginAlerts.Setting, AlertJson.Default.AlertSetting, cancel) ?? new AlertSetting();

    public ValueTask SetAlertsAsync(AccountId account, AlertSetting setting, CancellationToken cancel) =>
        Settings.WriteAsync(SettingScope.Of(account), LoginAlerts.Setting, setting == new AlertSetting() ? null : setting, AlertJson.Default.AlertSetting, cancel);
}
