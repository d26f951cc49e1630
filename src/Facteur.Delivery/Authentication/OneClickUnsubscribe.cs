using System.Text;
using Facteur.Delivery.Authentication.Dkim;

namespace Facteur.Delivery.Authentication;

/// <summary>Whether a message offers one-click unsubscription that may be used (RFC 8058 §3.1, §4).</summary>
public static class OneClickUnsubscribe
{
    private const int MaxFields = 2000, MaxAddress = 4000;

    private static readonly byte[] address = "List-Unsubscribe"u8.ToArray(), post = "List-Unsubscribe-Post"u8.ToArray();

    /// <summary>
    /// Where to post; null when the message has not one of each field, no https address, or no signature over both that we ourselves saw pass when the
    /// message came: others' results, and a message that came another way, prove nothing.
    /// </summary>
    /// <param name="message">A message, or its header.</param>
    /// <param name="authservId">Our name in Authentication-Results.</param>
    public static Uri? Find(ReadOnlyMemory<byte> message, string authservId)
    {
        using var header = new SignedHeader(SignatureLimits.Default.MaxHeaderOctets, MaxFields);
        header.Write(message.Span);
        header.Complete();
        if (Single(header, post) is not { } postField || Single(header, address) is not { } addressField) return null;
        if (!Encoding.ASCII.GetString(header.Body(postField)).Trim().Equals("List-Unsubscribe=One-Click", StringComparison.OrdinalIgnoreCase)) return null;
        return HttpsAddress(Encoding.UTF8.GetString(header.Body(addressField))) is { } uri && IsCovered(header, authservId) ? uri : null;
    }

    private static SignedField? Single(SignedHeader header, ReadOnlySpan<byte> name)
    {
        SignedField? found = null;
        foreach (var field in header.Fields)
        {
            if (!header.Is(field, name)) continue;
            if (found is not null) return null;
            found = field;
        }
        return found;
    }

    /// <summary>The first https address in angle brackets (RFC 2369 §2); white space within is of folding.</summary>
    private static Uri? HttpsAddress(string value)
    {
        for (var at = value.IndexOf('<', StringComparison.Ordinal); at >= 0 && value.IndexOf('>', at) is > 0 and var end; at = value.IndexOf('<', end))
        {
            var text = string.Concat(value[(at + 1)..end].Where(static c => !char.IsWhiteSpace(c)));
            if (text.Length <= MaxAddress && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && uri.UserInfo.Length == 0) return uri;
        }
        return null;
    }

    private static bool IsCovered(SignedHeader header, string authservId)
    {
        var passed = Passed(header, authservId);
        for (var i = 0; passed.Count > 0 && i < header.Fields.Count; i++)
        {
            if (!header.Is(header.Fields[i], "DKIM-Signature"u8)) continue;
            var signature = SignatureParser.Parse(SignatureKind.Dkim, header, i);
            if (signature.Tags?.Names is not { } names || !names.Contains(header.Octets, address) || !names.Contains(header.Octets, post)) continue;
            if (passed.Exists(one => one.Domain == signature.Domain && one.Selector == signature.Selector && signature.EncodedSignature.StartsWith(one.Begin, StringComparison.Ordinal))) return true;
        }
        return false;
    }

    /// <summary>Signatures that passed by the first results that are ours: what stands above all others (RFC 8601 §4.1).</summary>
    private static List<(string Domain, string Selector, string Begin)> Passed(SignedHeader header, string authservId)
    {
        var passed = new List<(string, string, string)>();
        foreach (var field in header.Fields)
        {
            if (!header.Is(field, "Authentication-Results"u8) || AuthenticationResultsReader.Read(header.Body(field), authservId) is not { } statements) continue;
            foreach (var statement in statements)
                if (statement is { Method: "dkim", Result: "pass" } && Properties(statement.Text) is var properties
                    && properties.TryGetValue("header.d", out var domain) && properties.TryGetValue("header.s", out var selector) && properties.TryGetValue("header.b", out var begin) && begin.Length >= 8)
                    passed.Add((domain, selector, begin));
            break;
        }
        return passed;
    }

    /// <summary>The properties of a statement; what stands between quotation marks ends nothing. The first of a name counts.</summary>
    private static Dictionary<string, string> Properties(string statement)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        var (name, value, isValue, isQuoted) = (new StringBuilder(), new StringBuilder(), false, false);
        for (var i = 0; i <= statement.Length; i++)
        {
            var c = i < statement.Length ? statement[i] : ' ';
            if (isQuoted && c == '\\' && i + 1 < statement.Length) value.Append(statement[++i]);
            else if (c == '"' && isValue) isQuoted = !isQuoted;
            else if (isQuoted && i < statement.Length) value.Append(c);
            else if (c == '=' && !isValue) isValue = true;
            else if (c != ' ') (isValue ? value : name).Append(c);
            else
            {
                if (isValue) properties.TryAdd(name.ToString(), value.ToString());
                name.Clear();
                value.Clear();
                isValue = false;
            }
        }
        return properties;
    }
}
