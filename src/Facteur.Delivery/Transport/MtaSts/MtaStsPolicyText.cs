using System.Globalization;
using System.Text;

namespace Facteur.Delivery.Transport;

/// <summary>Reads and writes the text of policies and their TXT records (RFC 8461 §3.1, §3.2).</summary>
public static class MtaStsPolicyText
{
    /// <summary>Longest max_age, in seconds.</summary>
    private const long MaxMaxAge = 31_557_600;

    /// <summary>mx patterns of one policy; more are a list nobody matches by hand.</summary>
    private const int MaxPatterns = 1_000;

    /// <summary>id of the one record "v=STSv1; id=…" among TXT records; null when there is none, or not exactly one, or it is of bad form.</summary>
    public static string? ReadRecord(IEnumerable<string> records)
    {
        // Records that do not begin like this are discarded before they are counted.
        var ours = records.Where(text => text.StartsWith("v=STSv1", StringComparison.Ordinal) && text.AsSpan(7).TrimStart(" \t").StartsWith(";")).Take(2).ToList();
        if (ours.Count != 1) return null;
        string? id = null;
        foreach (var field in ours[0].Split(';').Skip(1))
        {
            var text = field.Trim(' ', '\t');
            if (text.Length == 0) continue;
            var equals = text.IndexOf('=');
            if (equals <= 0) return null;
            if (text[..equals] == "id") id ??= text[(equals + 1)..];
        }
        return id is { Length: >= 1 and <= 32 } && id.All(char.IsAsciiLetterOrDigit) ? id : null;
    }

    /// <summary>A policy, or null and what is wrong with it.</summary>
    public static MtaStsPolicy? Read(string text, out string? problem)
    {
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        var mx = new List<string>();
        problem = null;
        foreach (var line in text.Split('\n'))
        {
            var content = line.TrimEnd('\r').TrimEnd(' ', '\t');
            if (content.Length == 0) continue;
            var colon = content.IndexOf(':');
            if (colon <= 0) return Wrong(out problem, "a line is no \"key: value\"");
            var value = content[(colon + 1)..].TrimStart(' ', '\t');
            if (content[..colon] != "mx") seen.TryAdd(content[..colon], value); // of doubled fields the first counts
            else if (mx.Count >= MaxPatterns) return Wrong(out problem, "there are too many mx lines");
            else if (Pattern(value) is { } pattern) mx.Add(pattern);
            else return Wrong(out problem, "an mx line holds no host name");
        }
        if (seen.GetValueOrDefault("version") != "STSv1") return Wrong(out problem, "version is not STSv1");
        if (Mode(seen.GetValueOrDefault("mode")) is not { } mode) return Wrong(out problem, "mode is none of enforce, testing, none");
        if (!long.TryParse(seen.GetValueOrDefault("max_age"), NumberStyles.None, CultureInfo.InvariantCulture, out var maxAge) || maxAge > 9_999_999_999)
            return Wrong(out problem, "max_age is no number of seconds");
        if (mx.Count == 0 && mode != MtaStsMode.None) return Wrong(out problem, "there is no mx line");
        return new MtaStsPolicy(mode, mx, TimeSpan.FromSeconds(Math.Min(maxAge, MaxMaxAge)));
    }

    /// <summary>The lines of a policy, as reports show them and as <see cref="Write"/> sends them.</summary>
    public static IReadOnlyList<string> Lines(MtaStsPolicy policy) =>
        ["version: STSv1", "mode: " + Word(policy.Mode), .. policy.Mx.Select(pattern => "mx: " + pattern), string.Create(CultureInfo.InvariantCulture, $"max_age: {(long)policy.MaxAge.TotalSeconds}")];

    /// <summary>The body of /.well-known/mta-sts.txt.</summary>
    public static string Write(MtaStsPolicy policy) => string.Concat(Lines(policy).Select(line => line + "\r\n"));

    /// <summary>An MX host is one that a pattern names; "*." stands for exactly one label (RFC 8461 §4.1).</summary>
    public static bool Matches(MtaStsPolicy policy, string host)
    {
        var name = host.TrimEnd('.').ToLowerInvariant();
        var parent = name.IndexOf('.') is > 0 and var dot ? name[dot..] : "";
        return policy.Mx.Any(pattern => pattern.StartsWith('*') ? parent.Length > 1 && pattern.AsSpan(1).SequenceEqual(parent) : pattern == name);
    }

    internal static string Word(MtaStsMode mode) => mode switch
    {
        MtaStsMode.Enforce => "enforce",
        MtaStsMode.Testing => "testing",
        _ => "none",
    };

    private static MtaStsMode? Mode(string? word) => word switch
    {
        "enforce" => MtaStsMode.Enforce,
        "testing" => MtaStsMode.Testing,
        "none" => MtaStsMode.None,
        _ => null,
    };

    private static string? Pattern(string value)
    {
        var name = value.StartsWith("*.", StringComparison.Ordinal) ? value[2..] : value;
        return Facteur.Accounts.DomainName.Normalize(name.TrimEnd('.')) is { } ascii && Ascii.IsValid(name) ? (name.Length == value.Length ? "" : "*.") + ascii : null;
    }

    private static MtaStsPolicy? Wrong(out string? problem, string what)
    {
        problem = what;
        return null;
    }
}
