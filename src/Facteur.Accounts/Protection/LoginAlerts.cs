using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Facteur.Net;
using Facteur.Storage;

namespace Facteur.Accounts;

/// <summary>The setting "alerts" of an account: what its owner wants to be told of logins. Nothing, unless said.</summary>
/// <param name="NewProgram">A program that has not logged in before.</param>
/// <param name="NewNetwork">A network (/24, IPv6 /48) that no login came from before.</param>
public sealed record AlertSetting(bool NewProgram = false, bool NewNetwork = false);

public enum LoginAlertKind { NewProgram, NewNetwork }

/// <summary>A login that its owner wants to hear of.</summary>
public sealed record LoginAlert(AccountId Account, LoginAlertKind Kind, LoginHistoryRow Login);

/// <summary>
/// Which programs and networks accounts have logged in with, kept in learnt state for a year after the last; what is not among them is
/// new. Nothing is new to an account that has not logged in before. Asked behind the logins, when their rows are written.
/// </summary>
internal sealed class LoginAlerts(StateStore state, SettingsStore settings, TimeProvider time)
{
    public const string Setting = "alerts";

    private const string Space = "login-traits";
    private static readonly TimeSpan Kept = TimeSpan.FromDays(366);
    private const int MaxKeys = 900;

    /// <param name="rows">Written for the first time.</param>
    public async ValueTask<IReadOnlyList<LoginAlert>> LearnAsync(IReadOnlyList<LoginHistoryRow> rows, CancellationToken cancel)
    {
        var alerts = new List<LoginAlert>();
        foreach (var chunk in rows.Where(row => row.Result == "ok").Chunk(MaxKeys / 3)) alerts.AddRange(await LearnSomeAsync(chunk, cancel));
        return alerts;
    }

    private async ValueTask<List<LoginAlert>> LearnSomeAsync(LoginHistoryRow[] rows, CancellationToken cancel)
    {
        var keys = rows.SelectMany(row => new[] { Known(row.Account), Network(row), Program(row) }).OfType<string>().Distinct().ToList();
        var known = (await state.GetManyAsync(Space, keys, cancel)).Keys.ToHashSet();
        var before = known.ToHashSet();
        var alerts = new List<LoginAlert>();
        foreach (var row in rows)
        {
            var (isNewNetwork, isNewProgram) = (Network(row) is { } network && known.Add(network), Program(row) is { } program && known.Add(program));
            if (!(isNewNetwork || isNewProgram) || !before.Contains(Known(row.Account)) || await SettingOfAsync(row.Account, cancel) is not { } wanted) continue;
            if (isNewNetwork && wanted.NewNetwork) alerts.Add(new LoginAlert(row.Account, LoginAlertKind.NewNetwork, row));
            if (isNewProgram && wanted.NewProgram) alerts.Add(new LoginAlert(row.Account, LoginAlertKind.NewProgram, row));
        }
        var ends = time.GetUtcNow() + Kept;
        await state.SetAsync(Space, [.. keys.Select(key => new StateEntry(key, Expires: ends))], cancel);
        return alerts;
    }

    private ValueTask<AlertSetting?> SettingOfAsync(AccountId account, CancellationToken cancel) =>
        settings.ReadAsync(SettingScope.Of(account), Setting, AlertJson.Default.AlertSetting, cancel);

    private static string Known(AccountId account) => account.Value.ToString(CultureInfo.InvariantCulture);

    private static string? Network(LoginHistoryRow row)
    {
        if (!IPAddress.TryParse(row.Remote, out var address)) return null;
        return string.Create(CultureInfo.InvariantCulture, $"{row.Account.Value}/n/{address.Network(24, 48).BaseAddress}");
    }

    // Without its version, which changes with every update: what counts is everything before the first digit.
    private static string? Program(LoginHistoryRow row)
    {
        var digit = row.Program.AsSpan().IndexOfAnyInRange('0', '9');
        var name = (digit < 0 ? row.Program : row.Program[..digit]).Trim(' ', '/', '-', '(').ToLowerInvariant();
        if (row.Program.Length == 0) return null;
        return string.Create(CultureInfo.InvariantCulture, $"{row.Account.Value}/p/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16))}");
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AlertSetting))]
internal sealed partial class AlertJson : JsonSerializerContext;
