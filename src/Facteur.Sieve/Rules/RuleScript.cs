using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Facteur.Sieve.Rules;

/// <summary>
/// The script that rules are written as. Its first line carries the rules themselves and a digest of all the rest, so that they are read back
/// exactly, and a script that was edited by hand is known as such.
/// </summary>
public static class RuleScript
{
    private const string Marker = "# facteur-rules 1 ";
    private const int DigestCharacters = 32;

    private const string Note =
        "# Made from the rules and settings of this account: change them there. Once this text is changed\r\n# it is a script of its own, and rules are not written into it any more.\r\n\r\n";

    /// <summary>An item of "environment" that this server has, with its value (RFC 5183 §4.2): what settings do is done already.</summary>
    public const string SettingsItem = SettingText.Item, SettingsDone = SettingText.Done;

    /// <param name="document">Checked, and in order.</param>
    public static string Compose(RuleDocument document, RuleSettings settings)
    {
        var model = JsonSerializer.Serialize(document, RuleJson.Default.RuleDocument);
        var rest = Note + RuleScriptWriter.Write(document.Rules, settings);
        return $"{Marker}{Digest(model, rest)} {model}\r\n{rest}";
    }

    /// <summary>The rules of a script; null when it carries none, or was edited.</summary>
    public static RuleDocument? Read(ReadOnlySpan<byte> script) => Find(script, isAsWritten: true);

    /// <summary>The rules that a script which was edited carried before; null when its first line is not what it was.</summary>
    public static RuleDocument? ReadEdited(ReadOnlySpan<byte> script) => Find(script, isAsWritten: false);

    private static RuleDocument? Find(ReadOnlySpan<byte> script, bool isAsWritten)
    {
        var text = Encoding.UTF8.GetString(script);
        if (!text.StartsWith(Marker, StringComparison.Ordinal)) return null;
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        if (end < Marker.Length + DigestCharacters + 1) return null;
        var digest = text.AsSpan(Marker.Length, DigestCharacters);
        var model = text[(Marker.Length + DigestCharacters + 1)..end].TrimEnd('\r');
        if (isAsWritten && !digest.SequenceEqual(Digest(model, text[(end + 1)..]))) return null;
        try
        {
            var document = JsonSerializer.Deserialize(model, RuleJson.Default.RuleDocument);
            return document is not null && IsSound(document) ? document with { Rules = RuleSet.Ordered(document.Rules) } : null;
        }
        catch (Exception e) when (e is JsonException or RuleRefusedException)
        {
            // Of another version, or made up.
            return null;
        }
    }

    private static bool IsSound(RuleDocument document)
    {
        foreach (var rule in document.Rules)
        {
            if (rule is null || RuleSet.NumberOf(rule.Id) == 0 || RuleSet.NumberOf(rule.Id) > document.Last) return false;
            RuleCheck.Check(rule);
        }
        return document.Rules.DistinctBy(rule => rule.Id).Count() == document.Rules.Count;
    }

    /// <summary>Programs change the ends of lines of a script that they only put back.</summary>
    private static string Digest(string model, string rest)
    {
        var text = $"{model}\n{rest.Replace("\r\n", "\n", StringComparison.Ordinal).TrimEnd()}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..DigestCharacters];
    }
}
