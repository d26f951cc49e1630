using System.Globalization;
using Facteur.Accounts;
using Facteur.Delivery.Transport;
using Facteur.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Delivery.Queue;

/// <summary>Says which way a message takes to a recipient's domain: as the account, its domain or the site has it, else to the mail exchangers.</summary>
public sealed class RouteTable(SettingsStore settings, DirectoryStore directory, ILogger<RouteTable>? log = null)
{
    private readonly SettingDocuments<RouteDocument> documents = new(settings, directory, "route", log ?? NullLogger<RouteTable>.Instance);

    /// <param name="account">Whose message it is; null for the server's own.</param>
    /// <param name="domain">A-labels in lower case, or an address literal with its brackets.</param>
    public async ValueTask<DeliveryRoute> FindAsync(AccountId? account, string domain, CancellationToken cancel)
    {
        foreach (var document in await documents.ForAsync(account, cancel))
            if (document.For(domain) is { } route) return route;
        return new MxRoute(domain);
    }

    /// <summary>The name under which recipients of one way wait together.</summary>
    public static string Destination(DeliveryRoute route) => route switch
    {
        MxRoute mx => mx.Domain,
        SmarthostRoute host => string.Create(CultureInfo.InvariantCulture, $"[{host.Host}]:{host.Port}"),
        _ => throw new ArgumentOutOfRangeException(nameof(route)),
    };

    /// <summary>The domain of an address in A-labels, or its address literal; null when it has neither.</summary>
    public static string? DomainOf(string address)
    {
        var domain = address[(address.LastIndexOf('@') + 1)..];
        if (domain.Length == address.Length) return null;
        return domain.StartsWith('[') && domain.EndsWith(']') ? domain.ToLowerInvariant() : DomainName.Normalize(domain);
    }
}
