using Facteur.Accounts;
using Facteur.Delivery.Filtering;
using Facteur.Net;
using Facteur.Sieve;
using Facteur.Sieve.Rules;

namespace Facteur.Delivery.Sieve;

/// <summary>Says of a delivery what scripts may ask about it.</summary>
internal static class ScriptContexts
{
    // Where an account has no points of its own for Junk; FilterPreferences.Default.
    private const double UsualJunkAt = 5;

    private static readonly string version = typeof(ScriptContexts).Assembly.GetName().Version?.ToString(3) ?? "";

    /// <param name="recipient">The address of the envelope that led to the account.</param>
    public static SieveContext Of(ScriptSubject subject, string recipient, AccountVerdict? verdict, string hostName, TimeProvider time) => new()
    {
        EnvelopeFrom = subject.Sender,
        EnvelopeTo = recipient,
        Now = subject.Arrived,
        Zone = time.LocalTimeZone,
        SpamPercent = SpamPercent(subject.Verdict, verdict),
        VirusValue = VirusValue(subject.Verdict),
        Environment = Environment(hostName, subject.Peer.Remote.Address.ToString()),
    };

    /// <summary>For a message that is in a mailbox: nobody sends it, and no filter looks at it (RFC 6785 §1.2).</summary>
    /// <param name="flags">Those the message has.</param>
    public static SieveContext OfEvent(SieveImapEvent happened, IReadOnlyList<string> flags, string hostName, TimeProvider time) => new()
    {
        Now = time.GetLocalNow(),
        Zone = time.LocalTimeZone,
        Flags = flags,
        ImapEvent = happened,
        Environment = Environment(hostName, null),
    };

    /// <summary>RFC 5235 §3.2.2: 0 is clear, from 50 on it goes to Junk, 100 is three times the points for that. Null: nobody looked.</summary>
    internal static double? SpamPercent(FilterVerdict? verdict, AccountVerdict? own)
    {
        if (verdict is null || own is null || ReferenceEquals(verdict, FilterVerdict.Unchecked)) return null;
        var junkAt = own.JunkAt > 0 ? own.JunkAt : UsualJunkAt;
        var points = own.Score <= 0 ? 0 : own.Score < junkAt ? 49 * own.Score / junkAt : Math.Min(100, 50 + 50 * (own.Score - junkAt) / (2 * junkAt));
        // What the filter decided counts more than its sum: a blocked sender has few points, a correspondent many.
        return own.Action == FilterAction.Junk ? Math.Max(points, 50) : Math.Min(points, 49);
    }

    /// <summary>RFC 5235 §3.3: 5 is a virus. That a scanner found none is not told from one that was not asked.</summary>
    private static int? VirusValue(FilterVerdict? verdict)
    {
        if (verdict is null) return null;
        foreach (var reason in verdict.Reasons)
            if (reason.Name == "virus") return 5;
        return null;
    }

    // RFC 5183 §4.1.
    private static Dictionary<string, string> Environment(string hostName, string? remote)
    {
        var dot = hostName.IndexOf('.', StringComparison.Ordinal);
        var items = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["domain"] = dot < 0 ? hostName : hostName[(dot + 1)..],
            ["host"] = hostName,
            ["location"] = "MDA",
            ["name"] = "Facteur",
            ["phase"] = "during",
            ["version"] = version,
            [RuleScript.SettingsItem] = RuleScript.SettingsDone,
        };
        if (remote is not null) items["remote-ip"] = remote;
        return items;
    }
}
