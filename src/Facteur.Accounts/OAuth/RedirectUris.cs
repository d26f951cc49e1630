using System.Net;

namespace Facteur.Accounts.OAuth;

/// <summary>Which addresses codes may be sent to.</summary>
public static class RedirectUris
{
    /// <summary>Longest one.</summary>
    public const int MaxLength = 1_000;

    /// <summary>
    /// Null for one that may be registered, else what is wrong with it: https, or http on the loopback addresses (RFC 8252 §7.3), or a scheme
    /// of the program's own with a dot in it, as a domain name turned round has (RFC 8252 §7.1); no fragment (RFC 6749 §3.1.2).
    /// </summary>
    public static string? Complaint(string text)
    {
        if (text.Length > MaxLength || !IsPlain(text)) return "a redirect URI is at most 1000 letters, digits and signs of ASCII";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri)) return "a redirect URI is absolute";
        if (text.Contains('#', StringComparison.Ordinal)) return "a redirect URI has no fragment";
        if (uri.UserInfo.Length > 0 || text.Contains('\\', StringComparison.Ordinal)) return "a redirect URI has no user name and no backslash";
        return uri.Scheme switch
        {
            "https" => uri.Host.Length > 0 ? null : "a redirect URI names a host",
            "http" => IsLoopback(uri) ? null : "http is for http://127.0.0.1 and http://[::1] only",
            var scheme when scheme.Contains('.', StringComparison.Ordinal) => null,
            _ => "the scheme of a program is a domain name turned round, such as com.example.app",
        };
    }

    /// <summary>
    /// Whether a request's address is one of those registered: the same letter by letter (RFC 6749 §3.1.2.3), save that a program on
    /// loopback may listen on any port (RFC 8252 §7.3).
    /// </summary>
    public static bool IsRegistered(IReadOnlyList<string> registered, string asked) => registered.Any(one => one == asked || IsSameLoopback(one, asked));

    /// <summary>As a source of form-action in a Content-Security-Policy, since browsers hold redirects after a form against it.</summary>
    public static string PolicySource(string redirectUri)
    {
        var uri = new Uri(redirectUri);
        return uri.Scheme is "https" or "http" ? uri.GetLeftPart(UriPartial.Authority) : uri.Scheme + ":";
    }

    private static bool IsSameLoopback(string registered, string asked) =>
        Complaint(asked) is null && Uri.TryCreate(registered, UriKind.Absolute, out var one) && Uri.TryCreate(asked, UriKind.Absolute, out var other)
        && IsLoopback(one) && IsLoopback(other) && one.Host == other.Host
        && WithoutPort(registered, one) is { } left && left == WithoutPort(asked, other);

    /// <summary>The text as it came, without the port: nothing is normalised, or "/a/../b" would be "/b".</summary>
    private static string? WithoutPort(string text, Uri uri)
    {
        var authority = "http://" + (uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost);
        if (!text.StartsWith(authority, StringComparison.Ordinal)) return null;
        var rest = text[authority.Length..];
        var port = rest.StartsWith(':') ? 1 + rest.Skip(1).TakeWhile(char.IsAsciiDigit).Count() : 0;
        var path = rest[port..];
        return path.Length == 0 || path[0] is '/' or '?' ? authority + path : null;
    }

    // Only the literals: what "localhost" means is up to the machine's resolver (RFC 8252 §8.3).
    private static bool IsLoopback(Uri uri) =>
        uri.Scheme == "http" && IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address) && (address.Equals(IPAddress.Loopback) || address.Equals(IPAddress.IPv6Loopback));

    private static bool IsPlain(string text) => text.Length > 0 && text.All(c => c is > ' ' and < (char)127 and not ('"' or '<' or '>' or ';' or ',' or '\''));
}
