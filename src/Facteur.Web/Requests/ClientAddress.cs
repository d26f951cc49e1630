using System.Net;
using Facteur.Net;
using Microsoft.AspNetCore.Http;

namespace Facteur.Web.Requests;

/// <summary>Who really asks, when a proxy of the operator's stands before us. What anybody else says of itself is not believed (S-09).</summary>
internal static class ClientAddress
{
    public static void Apply(HttpContext context, IReadOnlyList<IPNetwork> proxies)
    {
        var connection = context.Connection;
        if (connection.RemoteIpAddress is not { } peer) return;
        if (peer.IsIPv4MappedToIPv6) connection.RemoteIpAddress = peer = peer.MapToIPv4();
        if (!proxies.Any(network => network.Contains(peer))) return;
        // The last address is the one the proxy itself saw; those before it were said by its client.
        var last = context.Request.Headers["X-Forwarded-For"].ToString().Split(',')[^1].Trim();
        if (IPAddress.TryParse(last, out var client)) connection.RemoteIpAddress = client.Unmapped();
        if (context.Request.Headers["X-Forwarded-Proto"].ToString().Split(',')[^1].Trim() == "https") context.Request.Scheme = "https";
    }

    public static IPAddress Of(HttpContext context) => context.Connection.RemoteIpAddress ?? IPAddress.None;
}
