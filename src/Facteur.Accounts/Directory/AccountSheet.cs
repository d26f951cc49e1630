using System.Runtime.CompilerServices;
using System.Text;

namespace Facteur.Accounts;

/// <summary>
/// Reads accounts from a table: a first line that names the columns, then an account a line. "address" is needed; "name", "password", "kind",
/// "enabled", "quota", "groups" and "aliases" (further addresses) may be there. An empty field says nothing. Lists are separated by ";", "," or spaces (groups: not by spaces).
/// </summary>
public static class AccountSheet
{
    private static readonly string[] columns = ["address", "name", "password", "kind", "enabled", "quota", "groups", "aliases"];

    /// <summary>The accounts, and <see cref="TreeFault"/> for lines that cannot be read.</summary>
    /// <exception cref="AccountRuleException">The first line does not name columns.</exception>
    public static async IAsyncEnumerable<TreeItem> ReadAsync(Stream input, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var text = new StreamReader(input, new UTF8Encoding(false, throwOnInvalidBytes: false), leaveOpen: true);
        var table = new Csv(text);
        var places = Places(await HeadAsync(table, cancel));
        while (true)
        {
            TreeItem? item;
            try
            {
                if (await table.ReadAsync(cancel) is not { } fields) yield break;
                item = Read(fields, places);
            }
            catch (FormatException e)
            {
                item = new TreeFault(e.Message);
            }
            if (item is not null) yield return item with { Line = table.Line };
        }
    }

    private static async ValueTask<List<string>> HeadAsync(Csv table, CancellationToken cancel)
    {
        try
        {
            return await table.ReadHeadAsync(cancel) ?? throw new AccountRuleException("The file is empty.");
        }
        catch (FormatException e)
        {
            throw new AccountRuleException($"The first line cannot be read: {e.Message}");
        }
    }

    private static Dictionary<string, int> Places(List<string> head)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < head.Count; i++)
        {
            var name = head[i].Trim().ToLowerInvariant();
            if (!columns.Contains(name)) throw new AccountRuleException($"The first line names a column \"{head[i].Trim()}\"; there are {string.Join(", ", columns)}.");
            if (!places.TryAdd(name, i)) throw new AccountRuleException($"The first line names the column \"{name}\" twice.");
        }
        return places.ContainsKey("address") ? places : throw new AccountRuleException("The first line names no column \"address\".");
    }

    private static TreeAccount? Read(List<string> fields, Dictionary<string, int> places)
    {
        if (fields.TrueForAll(string.IsNullOrWhiteSpace)) return null;
        if (fields.Count > places.Count) throw new FormatException($"The line has {fields.Count} fields, and there are {places.Count} columns.");
        if (fields.Exists(field => field.Contains('\uFFFD', StringComparison.Ordinal))) throw new FormatException("The line is not UTF-8; save the table as \"CSV UTF-8\".");
        string? Of(string column, bool trim = true)
        {
            if (!places.TryGetValue(column, out var place) || place >= fields.Count) return null;
            var value = trim ? fields[place].Trim() : fields[place];
            return value.Length == 0 ? null : value;
        }
        var address = Of("address") ?? throw new FormatException("The line has no address.");
        return new TreeAccount(
            address, Of("kind")?.ToLowerInvariant(), Of("name"), Of("enabled") is { } enabled ? Switch(enabled) : null, Of("quota"), Of("password", trim: false),
            Of("aliases") is { } aliases ? [.. Split(aliases, ";, \n").Select(one => new TreeAddress(one))] : null,
            Of("groups") is { } groups ? Split(groups, ";,\n") : null) { TakesDefaults = true };
    }

    private static bool Switch(string text) => text.ToLowerInvariant() switch
    {
        "yes" or "true" or "1" or "on" or "oui" => true,
        "no" or "false" or "0" or "off" or "non" => false,
        _ => throw new FormatException($"\"enabled\" is \"{text}\"; allowed is yes or no."),
    };

    private static string[] Split(string text, string separators) => text.Split(separators.ToCharArray(), StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
