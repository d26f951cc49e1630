using System.Globalization;

namespace Facteur.Net.Ldap;

/// <summary>Where a directory is: "ldaps://ldap.example.org" or "ldap://10.0.0.7:3389" (RFC 4516 §2, the host part alone).</summary>
/// <param name="Host">Name or address, which its certificate has to be for.</param>
/// <param name="IsImplicitTls">TLS from the first octet (ldaps).</param>
public sealed record LdapServerAddress(string Host, int Port, bool IsImplicitTls)
{
    /// <summary>False for what names more than a host (a base belongs to the setting), or another scheme.</summary>
    public static bool TryParse(string text, out LdapServerAddress address)
    {
        address = null!;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("ldap" or "ldaps") || uri.IdnHost.Length == 0) return false;
        if (uri.UserInfo.Length > 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0 || uri.AbsolutePath is not ("" or "/")) return false;
        var isTls = uri.Scheme == "ldaps";
        var port = uri.Port > 0 ? uri.Port : isTls ? 636 : 389;
        address = new LdapServerAddress(uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost, port, isTls);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(IsImplicitTls ? "ldaps" : "ldap")}://{Host}:{Port}");
}
