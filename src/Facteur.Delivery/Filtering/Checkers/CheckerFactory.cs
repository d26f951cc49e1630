using Facteur.Delivery.Filtering.Checkers.Milters;
using Facteur.Net.Dialing;
using Microsoft.Extensions.Logging;

namespace Facteur.Delivery.Filtering.Checkers;

/// <summary>The checkers of the settings as they are now; made anew when these change.</summary>
internal sealed partial class CheckerFactory(GuardedDialer dialer, GuardedHttp http, string hostName, ILogger log)
{
    private volatile Made? made;

    private sealed record Made(FilterSettings Settings, IReadOnlyList<IMessageChecker> Checkers);

    public IReadOnlyList<IMessageChecker> For(FilterSettings settings)
    {
        if (made is { } known && ReferenceEquals(known.Settings, settings)) return known.Checkers;
        var checkers = new List<IMessageChecker>();
        if (settings.Rspamd is { Url.Length: > 0 } rspamd)
        {
            if (Uri.TryCreate(rspamd.Url, UriKind.Absolute, out var url) && url.Scheme is "http" or "https") checkers.Add(new Rspamd(http, new Uri(url, "/checkv2"), rspamd));
            else LogBadAddress("rspamd", rspamd.Url);
        }
        if (settings.Clamd is { Address.Length: > 0 } clamd && Address("clamd", clamd.Address) is { } clamdAddress) checkers.Add(new Clamd(dialer, clamdAddress, clamd));
        foreach (var milter in settings.Milters)
            if (Address(milter.Name, milter.Address) is { } address) checkers.Add(new Milter(dialer, address, milter, hostName));
        made = new Made(settings, checkers);
        return checkers;
    }

    private ServiceAddress? Address(string name, string text)
    {
        if (ServiceAddress.TryParse(text, out var address)) return address;
        LogBadAddress(name, text);
        return null;
    }

    [LoggerMessage(LogLevel.Error, "The address of {Checker} in the settings document \"filters\" cannot be used and it is left out: {Address}", EventName = "filter.checker.address")]
    private partial void LogBadAddress(string checker, string address);
}
