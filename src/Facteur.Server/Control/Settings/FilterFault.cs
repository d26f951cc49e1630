using System.Net;
using Facteur.Accounts;
using Facteur.Delivery.Filtering;
using Facteur.Net.Dialing;

namespace Facteur.Server.Control.Settings;

/// <summary>What would be passed over in silence while mail goes on: networks, addresses and domains of filter settings that are none.</summary>
internal static class FilterFault
{
    public static string? Of(FilterSettings settings) =>
        Networks("trusted", settings.Trusted)
        ?? Networks("blockedNetworks", settings.BlockedNetworks)
        ?? Patterns("blockedSenders", settings.BlockedSenders)
        ?? settings.TrustedSealers.Where(sealer => DomainName.Normalize(sealer) is null).Select(sealer => $"\"{sealer}\" in trustedSealers is no domain.").FirstOrDefault()
        ?? settings.Lists.Where(list => DomainName.Normalize(list.Zone) is null).Select(list => $"The zone \"{list.Zone}\" in lists is no domain.").FirstOrDefault()
        ?? (settings.Rspamd is { } rspamd && !IsWeb(rspamd.Url) ? $"rspamd.url is \"{rspamd.Url}\"; allowed is an address such as http://127.0.0.1:11333." : null)
        ?? (settings.Clamd is { } clamd ? Service("clamd.address", clamd.Address) : null)
        ?? settings.Milters.Select(milter => Service($"The address of the milter {milter.Name}", milter.Address)).FirstOrDefault(fault => fault is not null);

    public static string? Of(FilterPreferences preferences) =>
        Patterns("allowed", preferences.Allowed ?? [])
        ?? Patterns("blocked", preferences.Blocked ?? [])
        ?? (preferences is { JunkAt: { } junk, RejectAt: { } reject } && reject < junk ? $"rejectAt ({reject}) is below junkAt ({junk})." : null);

    private static string? Networks(string key, IReadOnlyList<string> networks) =>
        networks.Where(text => !IPNetwork.TryParse(text, out _) && !IPAddress.TryParse(text, out _))
            .Select(text => $"\"{text}\" in {key} is no network such as 192.0.2.0/24.").FirstOrDefault();

    private static string? Patterns(string key, IReadOnlyList<string> patterns) =>
        patterns.Where(text => !(text.StartsWith('@') ? DomainName.Normalize(text[1..]) is not null : EmailAddress.TryParse(text, out _)))
            .Select(text => $"\"{text}\" in {key} is neither an address nor a domain as \"@example.org\".").FirstOrDefault();

    private static string? Service(string what, string address) =>
        ServiceAddress.TryParse(address, out _) ? null : $"{what} is \"{address}\"; allowed is unix:/path or host:port.";

    private static bool IsWeb(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";
}
