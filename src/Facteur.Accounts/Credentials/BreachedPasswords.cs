using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Facteur.Storage;

namespace Facteur.Accounts;

/// <summary>The setting "passwords" of the site.</summary>
/// <param name="Breached">
/// Path of passwords that are known from breaches, as the downloader of haveibeenpwned.com leaves them: one file of lines "SHA-1:count" in
/// ascending order, or a folder of files named after the first five digits, with lines of the rest. Null: none.
/// </param>
public sealed record PasswordSetting(string? Breached = null)
{
    public const string Setting = "passwords";
}

/// <summary>Looks passwords up among those that are known from breaches, on this machine: nothing of a password goes anywhere.</summary>
public sealed class BreachedPasswords(SettingsStore settings)
{
    private const int HashDigits = 40, PrefixDigits = 5, MaxLine = 64;

    /// <summary>Null when it is not known, or no list is set. A list that cannot be read lets nobody down: passwords are set without it.</summary>
    public async ValueTask<RuleComplaint?> ComplaintAsync(string password, CancellationToken cancel)
    {
        var setting = await settings.ReadAsync(SettingScope.Site, PasswordSetting.Setting, PasswordSettingJson.Default.PasswordSetting, cancel);
        if (setting?.Breached is not { Length: > 0 } path) return null;
        try
        {
            return await IsKnownAsync(path, password, cancel) ? new RuleComplaint("PasswordBreached", "The password is known from a breach of some other site; take another one.") : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    internal static async ValueTask<bool> IsKnownAsync(string path, string password, CancellationToken cancel)
    {
#pragma warning disable CA5350 // the list is of SHA-1
        var hash = Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(password)));
#pragma warning restore CA5350
        if (!Directory.Exists(path)) return await SearchAsync(path, hash, cancel);
        var rest = hash[PrefixDigits..];
        await foreach (var line in File.ReadLinesAsync(Path.Combine(path, hash[..PrefixDigits] + ".txt"), cancel))
            if (line.StartsWith(rest, StringComparison.OrdinalIgnoreCase)) return !line.EndsWith(":0", StringComparison.Ordinal);
        return false;
    }

    /// <summary>By halves: thirty-odd reads of some gigabytes.</summary>
    private static async ValueTask<bool> SearchAsync(string path, string hash, CancellationToken cancel)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, FileOptions.Asynchronous | FileOptions.RandomAccess);
        var buffer = new byte[2 * MaxLine];
        long low = 0, high = RandomAccess.GetLength(file);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            // The first line that begins at or after the middle.
            var from = Math.Max(0, middle - 1);
            var read = await RandomAccess.ReadAsync(file, buffer, from, cancel);
            var start = middle == 0 ? 0 : buffer.AsSpan(0, read).IndexOf((byte)'\n') + 1;
            if (middle != 0 && start == 0 || start + HashDigits > read)
            {
                high = middle;
                continue;
            }
            var order = string.Compare(Encoding.ASCII.GetString(buffer, start, HashDigits), hash, StringComparison.OrdinalIgnoreCase);
            if (order == 0) return true;
            if (order > 0) high = middle;
            else low = from + start + HashDigits;
        }
        return false;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PasswordSetting))]
internal sealed partial class PasswordSettingJson : JsonSerializerContext;
