using System.Globalization;
using System.Net;
using System.Text;

namespace Facteur.Delivery.Authentication.Spf;

/// <summary>Whom a check is about: &lt;ip&gt; and &lt;sender&gt; of RFC 7208 §4.1, which stay the same through includes and redirects, and what macros need besides.</summary>
internal sealed class SpfSubject(IPAddress client, string localPart, string domain, string hello, string receiver, DateTimeOffset now)
{
    // An expansion keeps what fits a name; long before this it is an attack.
    private const int MaxExpansion = 4096;

    /// <summary>IPv4 for an IPv4-mapped address (RFC 7208 §5).</summary>
    public IPAddress Client { get; } = client;

    public byte[] ClientOctets { get; } = client.GetAddressBytes();

    public bool IsIpv4 => ClientOctets.Length == 4;

    public string LocalPart { get; } = localPart;

    /// <summary>Expands a macro-string (RFC 7208 §7.3); null when that grows without measure.</summary>
    /// <param name="current">&lt;domain&gt;: whose record it stands in.</param>
    /// <param name="validated">Macro "p".</param>
    public string? Expand(SpfMacroString macro, string current, string validated)
    {
        if (macro.Constant is { } constant) return constant;
        var text = new StringBuilder();
        foreach (var piece in macro.Pieces)
        {
            if (piece.Literal is not null) text.Append(piece.Literal);
            else Append(text, piece, Value(piece.Letter, current, validated));
            if (text.Length > MaxExpansion) return null;
        }
        return text.ToString();
    }

    /// <summary>The same as a name that can be asked for, cut on the left to what a name may have; null for none (RFC 7208 §4.8, §7.3).</summary>
    public string? ExpandName(SpfMacroString macro, string current, string validated)
    {
        if (Expand(macro, current, validated) is not { } name) return null;
        if (name.EndsWith('.')) name = name[..^1];
        while (name.Length > DnsName.MaxLength)
        {
            var dot = name.IndexOf('.', name.Length - DnsName.MaxLength - 1);
            if (dot < 0) return null;
            name = name[(dot + 1)..];
        }
        return name.Contains('.') && !name.AsSpan().ContainsAnyExceptInRange(' ', '~') && DnsName.HasGoodLabels(name) ? name : null;
    }

    private string Value(char letter, string current, string validated) => letter switch
    {
        's' => LocalPart + '@' + domain,
        'l' => LocalPart,
        'o' => domain,
        'd' => current,
        'i' => IsIpv4 ? Client.ToString() : Nibbles(),
        'p' => validated,
        'v' => IsIpv4 ? "in-addr" : "ip6",
        'h' => hello,
        'c' => Client.ToString(),
        'r' => receiver,
        _ => now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
    };

    private static void Append(StringBuilder text, SpfMacroPiece piece, string value)
    {
        if (piece.Delimiters is { } delimiters)
        {
            var parts = value.Split(delimiters.ToCharArray());
            if (piece.Reverse) Array.Reverse(parts);
            var skip = piece.Parts > 0 ? Math.Max(0, parts.Length - piece.Parts) : 0;
            value = string.Join('.', parts, skip, parts.Length - skip);
        }
        text.Append(piece.Escape ? Uri.EscapeDataString(value) : value);
    }

    private string Nibbles()
    {
        var hex = Convert.ToHexStringLower(ClientOctets);
        return string.Join('.', hex.AsEnumerable());
    }
}
