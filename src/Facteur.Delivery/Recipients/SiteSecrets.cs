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
    private readonly ConcurrentDictionary<string, Lazy<Task<byte[]>>> known = new();

    public SiteSecrets(SettingsStore settings)
    {
        this.settings = settings;
        // Another process may have made it at the same moment: what is stored last is what all use.
        settings.Changed += (_, name) => known.TryRemove(name, out Lazy<Task<byte[]>>? _);
    }

    public async ValueTask<byte[]> GetAsync(string name, CancellationToken cancel)
    {
        var setting = "secret." + name;
        var loading = known.GetOrAdd(setting, one => new Lazy<Task<byte[]>>(() => LoadAsync(one)));
        try
        {
            return await loading.Value.WaitAsync(cancel);
        }
        catch when (loading.Value.IsFaulted)
        {
            known.TryRemove(new(setting, loading));
            throw;
        }
    }

    // For all who wait for it: no one of them cancels it.
    private async Task<byte[]> LoadAsync(string setting)
    {
        if (await ReadAsync(setting, CancellationToken.None) is { } stored) return stored;
        await settings.SetAsync(SettingScope.Site, setting, Encoding.ASCII.GetBytes($"\"{Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyOctets))}\""), CancellationToken.None);
        return await ReadAsync(setting, CancellationToken.None) ?? throw new InvalidOperationException($"the setting {setting} was not kept");
    }

    private async ValueTask<byte[]?> ReadAsync(string setting, CancellationToken cancel)
    {
        if (await settings.GetAsync(SettingScope.Site, setting, cancel) is not { } json) return null;
        var key = new byte[KeyOctets];
        return Convert.TryFromBase64String(Encoding.ASCII.GetString(json.Span).Trim().Trim('"'), key, out var written) && written == KeyOctets ? key : null;
    }
}
