using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Facteur.Accounts;

namespace Facteur.Sieve.Rules;

/// <summary>
/// Writes as Sieve what settings do: blocked senders, forwarding, the reply while away. This server does them whatever script is active, and says so
/// by an item of "environment" (RFC 5183 §4.2), so that they are not done twice; anywhere else the script does them.
/// </summary>
internal static class SettingText
{
    /// <summary>The item that this server has.</summary>
    public const string Item = "vnd.facteur.settings";

    /// <summary>Its value where settings are done already.</summary>
    public const string Done = "done";

    private const string Elsewhere = $"not environment :is \"{Item}\" \"{Done}\"";

    public static void WriteBlocked(RuleSettings settings, SieveText script, string junk)
    {
        if (settings.Blocked.Count == 0) return;
        script.Require("environment");
        var domains = settings.Blocked.Where(one => one.StartsWith('@')).Select(one => one[1..]).ToList();
        var addresses = settings.Blocked.Where(one => !one.StartsWith('@')).ToList();
        List<string> tests = [];
        if (addresses.Count > 0) tests.Add($"address :is \"from\" {script.Quote(addresses)}");
        if (domains.Count > 0) tests.Add($"address :domain :is \"from\" {script.Quote(domains)}");
        script.Line(0, "");
        script.Line(0, "# Blocked senders: a setting of the account. Facteur does this by itself.");
        script.Line(0, $"if allof ({Elsewhere}, {(tests.Count == 1 ? tests[0] : $"anyof ({string.Join(", ", tests)})")}) {{");
        script.Line(1, $"set \"{junk}\" \"yes\";");
        script.Line(0, "}");
    }

    /// <summary>What is junk goes to Junk.</summary>
    public static void WriteJunk(RuleSettings settings, SieveText script)
    {
        if (settings.Blocked.Count == 0) return;
        script.Line(1, $"if {Elsewhere} {{");
        script.Line(2, script.Use("Junk"));
        script.Line(1, "}");
    }

    public static void WriteDeeds(RuleSettings settings, SieveText script, string filed, string replied)
    {
        if (settings.Forward?.Targets.Where(one => one.IsUsed).ToList() is { Count: > 0 } targets) WriteForward(targets, settings.Forward.Keep, script, filed);
        if (settings.Vacation is { IsOff: false } vacation) WriteVacation(vacation, settings.Away, script, replied);
    }

    private static void WriteForward(List<ForwardTarget> targets, ForwardKeep keep, SieveText script, string filed)
    {
        script.Require("environment");
        script.Line(1, "# Forwarding: a setting of the account. Facteur does this by itself.");
        script.Line(1, $"if {Elsewhere} {{");
        foreach (var target in targets)
        {
            if (keep != ForwardKeep.Delete) script.Require("copy");
            script.Line(2, $"redirect {(keep == ForwardKeep.Delete ? "" : ":copy ")}{script.Quote(target.Address)};");
        }
        if (keep == ForwardKeep.Archive)
        {
            script.Line(2, $"if not string \"${{{filed}}}\" \"yes\" {{");
            script.Line(3, script.Use("Archive"));
            script.Line(2, "}");
        }
        script.Line(1, "}");
    }

    private static void WriteVacation(VacationSetting vacation, string away, SieveText script, string replied)
    {
        script.Require("environment", "vacation");
        List<string> tests = [Elsewhere, $"not string \"${{{replied}}}\" \"yes\""]; // RFC 5230 §4.7: one a message
        if (vacation.From is { } from) tests.Add(Now("ge", from, script));
        if (vacation.Until is { } until) tests.Add(Now("lt", until, script));
        script.Line(1, "# The reply while away: a setting of the account. Facteur does this by itself.");
        script.Line(1, $"if allof ({string.Join(", ", tests)}) {{");
        var subject = vacation.Subject.Length == 0 ? "" : $":subject {script.Quote(vacation.Subject)} ";
        script.Line(2, string.Create(CultureInfo.InvariantCulture, $"vacation :days {vacation.Days} {subject}{Reason(vacation, away, script)};"));
        script.Line(1, "}");
    }

    // RFC 5260 §5: in one zone, such dates stand in the order of their characters.
    private static string Now(string relation, DateTimeOffset at, SieveText script)
    {
        script.Require("date", "relational");
        return string.Create(CultureInfo.InvariantCulture, $"currentdate :zone \"+0000\" :value \"{relation}\" \"iso8601\" \"{at.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}\"");
    }

    private static string Reason(VacationSetting vacation, string away, SieveText script)
    {
        var text = vacation.Text.Length > 0 ? vacation.Text : vacation.Html is null ? away : "";
        if (vacation.Html is not { } html) return script.Quote(text);
        // No line of either part is the boundary: it is made of both.
        var boundary = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{text}\0{html}")))[..32];
        var parts = text.Length == 0 ? "" : $"--{boundary}\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}\n";
        // RFC 5230 §4.4.
        return $":mime {script.Quote($"Content-Type: multipart/alternative; boundary=\"{boundary}\"\n\n{parts}--{boundary}\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{html}\n--{boundary}--\n")}";
    }
}
