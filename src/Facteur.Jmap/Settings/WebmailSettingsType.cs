using System.Text.Json;
using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>How the owner of an account wants the webmail: one object, always there (docs/jmap.md).</summary>
internal sealed class WebmailSettingsType : ListedType
{
    public static readonly WebmailSettingsType Instance = new();

    private WebmailSettingsType()
        : base(
            "WebmailSettings", JmapCapabilities.FacteurSettings, "language", "undoSeconds", "pageSize", "conversations", "order", "preview", "density", "theme", "readingPane", "shortcuts", "keys",
            "imagesAllowedFrom", "offlineDays")
    {
    }

    public override async ValueTask<IReadOnlyList<ListedObject>> ListAsync(JmapCall call, JmapAccount account, CancellationToken cancel) =>
        [await ReadAsync(call.Services.Store.Settings, account.Id, cancel)];

    public static async ValueTask<ListedObject> ReadAsync(SettingsStore store, AccountId account, CancellationToken cancel) =>
        ToObject(await new WebmailSettings(store).ReadAsync(account, cancel), await new AccountSettings(store).OwnLocaleAsync(account, cancel));

    private static ListedObject ToObject(WebmailSetting setting, string? language) => ListedObject.Of(SingletonSet.Id, writer =>
    {
        writer.WriteString("language"u8, language);
        WebmailSettingsJson.Write(writer, setting);
    });
}
