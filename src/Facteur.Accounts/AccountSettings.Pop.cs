using System.Text.Json;
using Facteur.Storage;

namespace Facteur.Accounts;

// The setting "pop" of all who have one.
public sealed partial class AccountSettings
{
    /// <summary>Name of the setting, as <see cref="SettingsStore.Changed"/> tells it.</summary>
    public const string PopName = Pop;

    /// <summary>Of the site, domains, groups and accounts.</summary>
    public async ValueTask<IReadOnlyList<(SettingScope Scope, PopSetting Setting)>> ListPopAsync(CancellationToken cancel)
    {
        var all = new List<(SettingScope, PopSetting)>();
        foreach (var (scope, json) in await store.ListAsync(Pop, cancel))
            if (SettingReads.Read(json.Span, MailSettingsJson.Default.PopSetting) is { } setting) all.Add((scope, setting));
        return all;
    }
}
