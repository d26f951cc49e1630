using System.Text.Json;
using System.Text.Json.Serialization;
using Facteur.Delivery.Transport;
using Facteur.Storage;

namespace Facteur.Delivery.Domains;

/// <summary>The setting "mta-sts" of a domain or the site.</summary>
/// <param name="Mode">enforce, testing or none.</param>
public sealed record MtaStsSetting(MtaStsMode Mode);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(MtaStsSetting))]
internal sealed partial class MtaStsSettingJson : JsonSerializerContext;

/// <summary>The MTA-STS policies that this server publishes for its domains (RFC 8461 §3.2): mail comes to this host, over TLS with its certificate.</summary>
public sealed class OwnMtaSts(SettingsStore settings, DirectoryStore directory, string hostName)
{
    private const string Document = "mta-sts";
    private static readonly TimeSpan MaxAge = TimeSpan.FromDays(7);

    /// <summary>The policy of a domain of ours; null for other domains, and where the setting is "none".</summary>
    public async ValueTask<MtaStsPolicy?> FindAsync(string domain, CancellationToken cancel)
    {
        if (await directory.FindDomainAsync(domain, cancel) is not { } ours) return null;
        var mode = await ReadAsync(SettingScope.Of(ours.Id), cancel) ?? await ReadAsync(SettingScope.Site, cancel) ?? MtaStsMode.Enforce;
        return mode == MtaStsMode.None ? null : new MtaStsPolicy(mode, [hostName], MaxAge);
    }

    /// <summary>The id of its TXT record, or null without a policy.</summary>
    public async ValueTask<string?> IdAsync(string domain, CancellationToken cancel) =>
        await FindAsync(domain, cancel) is { } policy ? MtaStsPolicyText.ReadRecord([MtaStsPublishing.Record(policy)]) : null;

    private async ValueTask<MtaStsMode?> ReadAsync(SettingScope scope, CancellationToken cancel)
    {
        if (await settings.GetAsync(scope, Document, cancel) is not { } json) return null;
        try
        {
            return JsonSerializer.Deserialize(json.Span, MtaStsSettingJson.Default.MtaStsSetting)?.Mode;
        }
        catch (JsonException)
        {
            return null; // what cannot be read asks for nothing else than the default
        }
    }
}
