using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Facteur.Delivery.Authentication.Dkim;
using Facteur.Delivery.Authentication.Ed25519;
using Facteur.Tests.Support;

namespace Facteur.Tests.Delivery.Authentication.Dkim;

/// <summary>
/// RFC 6376 said once more, in the plainest way, on whole strings: what the streaming code is compared with, and what makes
/// signatures with tags that our signer never writes. Octets are characters of Latin-1.
/// </summary>
internal static partial class DkimModel
{
    /// <summary>The keys of RFC 8463 Appendix A.</summary>
    public const string RsaPem = """
        -----BEGIN RSA PRIVATE KEY-----
        MIICXQIBAAKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQi
        Y/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqM
        KrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB
        AoGAH0cxOhFZDgzXWhDhnAJDw5s4roOXN4OhjiXa8W7Y3rhX3FJqmJSPuC8N9vQm
        6SVbaLAE4SG5mLMueHlh4KXffEpuLEiNp9Ss3O4YfLiQpbRqE7Tm5SxKjvvQoZZe
        zHorimOaChRL2it47iuWxzxSiRMv4c+j70GiWdxXnxe4UoECQQDzJB/0U58W7RZy
        6enGVj2kWF732CoWFZWzi1FicudrBFoy63QwcowpoCazKtvZGMNlPWnC7x/6o8Gc
        uSe0ga2xAkEA8C7PipPm1/1fTRQvj1o/dDmZp243044ZNyxjg+/OPN0oWCbXIGxy
        WvmZbXriOWoSALJTjExEgraHEgnXssuk7QJBALl5ICsYMu6hMxO73gnfNayNgPxd
        WFV6Z7ULnKyV7HSVYF0hgYOHjeYe9gaMtiJYoo0zGN+L3AAtNP9huqkWlzECQE1a
        licIeVlo1e+qJ6Mgqr0Q7Aa7falZ448ccbSFYEPD6oFxiOl9Y9se9iYHZKKfIcst
        o7DUw1/hz2Ck4N5JrgUCQQCyKveNvjzkkd8HjYs0SwM0fPjK16//5qDZ2UiDGnOe
        uEzxBDAr518Z8VFbR41in3W4Y3yCDgQlLlcETrS+zYcL
        -----END RSA PRIVATE KEY-----
        """;
    public const string RsaPublic = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB";
    public const string Ed25519Seed = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
    public const string Ed25519Public = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

    /// <summary>r._domainkey and e._domainkey of example.org.</summary>
    public static ZoneResolver Zone() => new ZoneResolver()
        .Txt("r._domainkey.example.org", $"v=DKIM1; k=rsa; p={RsaPublic}")
        .Txt("e._domainkey.example.org", $"v=DKIM1; k=ed25519; p={Ed25519Public}");

    public static string RelaxedBody(string body)
    {
        body = TrailingSpace().Replace(body, "\r\n");
        body = Spaces().Replace(body, " ");
        if (body.Length > 0 && !body.EndsWith("\r\n", StringComparison.Ordinal)) body = body.TrimEnd(' ') + "\r\n";
        while (body.EndsWith("\r\n\r\n", StringComparison.Ordinal)) body = body[..^2];
        return body == "\r\n" ? "" : body;
    }

    public static string SimpleBody(string body)
    {
        if (!body.EndsWith("\r\n", StringComparison.Ordinal)) body += "\r\n";
        while (body.EndsWith("\r\n\r\n", StringComparison.Ordinal)) body = body[..^2];
        return body;
    }

    public static string RelaxedField(string field)
    {
        var colon = field.IndexOf(':', StringComparison.Ordinal);
        var value = Spaces().Replace(field[(colon + 1)..].Replace("\r\n", "", StringComparison.Ordinal), " ").Trim(' ');
        return field[..colon].TrimEnd(' ', '\t').ToLowerInvariant() + ":" + value;
    }

    /// <summary>The fields of a message without their last line ends, and its body.</summary>
    public static (List<string> Fields, string Body) Split(string message)
    {
        var end = message.StartsWith("\r\n", StringComparison.Ordinal) ? 0 : message.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 2;
        var fields = Unfolded().Split(message[..end]).Where(field => field.Length > 0).ToList();
        return (fields, message[(end + 2)..]);
    }

    /// <summary>Puts a signature before the message.</summary>
    /// <param name="tags">The field's text; {bh} and {b} are filled in.</param>
    public static string Sign(string message, string tags, string name = "DKIM-Signature")
    {
        var (fields, body) = Split(message);
        var (headerRelaxed, bodyRelaxed) = (Tag(tags, "c").StartsWith("relaxed", StringComparison.Ordinal), Tag(tags, "c").EndsWith("/relaxed", StringComparison.Ordinal));
        var canonical = bodyRelaxed ? RelaxedBody(body) : SimpleBody(body);
        if (Tag(tags, "l") is { Length: > 0 } length && uint.TryParse(length, out var octets)) canonical = canonical[..(int)Math.Min(octets, (uint)canonical.Length)];
        var field = name + ": " + tags.Replace("{bh}", Convert.ToBase64String(SHA256.HashData(Encoding.Latin1.GetBytes(canonical))), StringComparison.Ordinal);
        var signed = new StringBuilder();
        var left = fields.ToList();
        foreach (var wanted in Tag(tags, "h").Split(':', StringSplitOptions.TrimEntries))
        {
            var at = left.FindLastIndex(one => one[..one.IndexOf(':', StringComparison.Ordinal)].TrimEnd().Equals(wanted, StringComparison.OrdinalIgnoreCase));
            if (at < 0) continue;
            signed.Append(headerRelaxed ? RelaxedField(left[at]) : left[at]).Append("\r\n");
            left.RemoveAt(at);
        }
        var own = field.Replace("{b}", "", StringComparison.Ordinal);
        signed.Append(headerRelaxed ? RelaxedField(own) : own);
        var hash = SHA256.HashData(Encoding.Latin1.GetBytes(signed.ToString()));
        return field.Replace("{b}", Convert.ToBase64String(SignHash(hash, Tag(tags, "a"))), StringComparison.Ordinal) + "\r\n" + message;
    }

    private static byte[] SignHash(byte[] hash, string algorithm)
    {
        if (algorithm.StartsWith("ed25519", StringComparison.Ordinal))
            return Ed25519Dsa.Sign(Convert.FromBase64String(Ed25519Seed), Convert.FromBase64String(Ed25519Public), hash);
        using var rsa = RSA.Create();
        rsa.ImportFromPem(RsaPem);
        return rsa.SignHash(hash, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    private static string Tag(string tags, string name) =>
        tags.Split(';').Select(tag => tag.Split('=', 2)).FirstOrDefault(tag => tag[0].Trim() == name)?[1].Trim() ?? "";

    [GeneratedRegex("[ \t]+\r\n", RegexOptions.None, 1000)]
    private static partial Regex TrailingSpace();

    [GeneratedRegex("[ \t]+", RegexOptions.None, 1000)]
    private static partial Regex Spaces();

    [GeneratedRegex("\r\n(?![ \t])", RegexOptions.None, 1000)]
    private static partial Regex Unfolded();
}
