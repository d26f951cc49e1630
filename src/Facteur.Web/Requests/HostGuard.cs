using Microsoft.AspNetCore.Http;

namespace Facteur.Web.Requests;

/// <summary>
/// Pages are under one name: under another the browser would hold other cookies and passkeys, and a name that an attacker points here would
/// be as good as ours (DNS rebinding). Other names get a page that says the right one.
/// </summary>
internal static class HostGuard
{
    /// <summary>Answered under any name and without TLS: probes, certificates (RFC 8555), policies of our domains (RFC 8461 §3.2).</summary>
    private static readonly string[] everywhere = ["/health/", "/.well-known/acme-challenge/", "/.well-known/mta-sts.txt"];

    public static bool IsAnsweredEverywhere(PathString path) => path.Value is { } text && everywhere.Any(prefix => text.StartsWith(prefix, StringComparison.Ordinal));

    public static bool IsOurs(HostString host, WebOptions options) => string.Equals(host.Host, options.HostName, StringComparison.OrdinalIgnoreCase);
}
