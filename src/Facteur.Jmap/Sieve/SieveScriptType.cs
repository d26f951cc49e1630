using Facteur.Sieve.Scripts;
using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>Scripts that an account keeps (RFC 9661 §2). What they say is a blob: another one with each change.</summary>
internal sealed class SieveScriptType : ListedType
{
    public static readonly SieveScriptType Instance = new();

    private SieveScriptType()
        : base("SieveScript", JmapCapabilities.Sieve, "name", "blobId", "isActive")
    {
    }

    public override async ValueTask<IReadOnlyList<ListedObject>> ListAsync(JmapCall call, JmapAccount account, CancellationToken cancel)
    {
        var folder = await FolderAsync(call, account, cancel);
        return [.. folder.Scripts.Select(script => ToObject(script, script == folder.Active))];
    }

    public static ValueTask<ScriptFolder> FolderAsync(JmapCall call, JmapAccount account, CancellationToken cancel) =>
        call.Services.Scripts.ListAsync(SettingScope.Of(account.Id), cancel);

    public static string IdOf(StoredScript script) => JmapIds.Write('v', script.Id);

    public static string BlobIdOf(StoredScript script) => JmapBlobId.OfScript(script.Content).ToString();

    /// <summary>The script of an id as sent, which may be "#creationId"; null when there is none.</summary>
    public static StoredScript? Find(JmapCall call, ScriptFolder folder, string? id) =>
        id is not null && JmapIds.Try(call.Request.ResolveId(id), 'v', out var number) ? folder.Find(number) : null;

    private static ListedObject ToObject(StoredScript script, bool isActive) => ListedObject.Of(IdOf(script), writer =>
    {
        writer.WriteString("name"u8, script.Name);
        writer.WriteString("blobId"u8, BlobIdOf(script));
        writer.WriteBoolean("isActive"u8, isActive);
    });
}
