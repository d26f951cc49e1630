using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Facteur.Storage;

namespace Facteur.Delivery.Recipients;

/// <summary>Keys of this site that were made by chance when first needed: settings "secret.&lt;name&gt;", 32 octets in base64.</summary>
public sealed class SiteSecrets
{
    private const int KeyOctets = 32;
    private readonly SettingsStore settings;
    private readonly ConcurrentDictionary<string, byte[]> known = new();
    private readonly SemaphoreSlim making = new(1, 1);

    public SiteSecrets(SettingsStore settings)
    {
        this.settings = settings;
        // Another process may have made it at the same moment: what is stored last is what all use.
        settings.Changed += (_, name) => known.TryRemove(name, out byte[]? _);
    }

    public async ValueTask<byte[]> GetAsync(string name, CancellationToken cancel)
    {
        var setting = "secret." + name;
        if (known.TryGetValue(setting, out var key)) return key;
        await making.WaitAsync(cancel);
        try
        {
            if (await ReadAsync(setting, cancel) is not { } stored)
            {
                await settings.SetAsync(SettingScope.Site, setting, Encoding.ASCII.GetBytes($"\"{Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyOctets))}\""), cancel);
                stored = await ReadAsync(setting, cancel) ?? throw new InvalidOperationException($"the setting {setting} was not kept");
            }
            return known[setting] = stored;
        }
        finally
        {
            making.Release();
        }
    }

    private async ValueTask<byte[]?> ReadAsync(string setting, CancellationToken cancel)
    {
        if (await settings.GetAsync(SettingScope.Site, setting, cancel) is not { } json) return null;
        var key = new byte[KeyOctets];
        return Convert.TryFromBase64String(Encoding.ASCII.GetString(json.Span).Trim().Trim('"'), key, out var written) && written == KeyOctets ? key : null;
    }
}
