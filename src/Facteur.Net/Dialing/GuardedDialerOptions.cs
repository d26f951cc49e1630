using System.Net;

namespace Facteur.Net.Dialing;

/// <summary>Limits of outbound connections.</summary>
public sealed record GuardedDialerOptions
{
    private readonly Dictionary<DialPurpose, DialRule> rules = [];

    /// <summary>How long one address may take to answer. Thirty seconds cover two lost SYNs with room.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an address may be silent before the next one is tried beside it. Longer than a lost SYN takes to be sent again.</summary>
    public TimeSpan AttemptDelay { get; init; } = TimeSpan.FromMilliseconds(1200);

    /// <summary>Addresses of one host that are tried; more are ignored. Hosts with many addresses are rare, and one list must not hold a delivery for long.</summary>
    public int MaxAddresses { get; init; } = 8;

    /// <summary>Local IPv4 address to connect from; null leaves it to the system.</summary>
    public IPAddress? LocalIPv4 { get; init; }

    /// <summary>Local IPv6 address to connect from; null leaves it to the system.</summary>
    public IPAddress? LocalIPv6 { get; init; }

    /// <summary>Where connections of a purpose may lead.</summary>
    public DialRule this[DialPurpose purpose] => rules.TryGetValue(purpose, out var rule) ? rule : DialRule.Default(purpose);

    /// <summary>Replaces the rule of a purpose: <c>options.With(DialPurpose.SmartHost, rule => rule.AllowNetworks("10.0.0.0/8"))</c>.</summary>
    public GuardedDialerOptions With(DialPurpose purpose, Func<DialRule, DialRule> change)
    {
        var copy = this with { };
        copy.rules[purpose] = change(copy[purpose]);
        return copy;
    }

    // A copy does not share its rules.
    private GuardedDialerOptions(GuardedDialerOptions other)
    {
        rules = new(other.rules);
        ConnectTimeout = other.ConnectTimeout;
        AttemptDelay = other.AttemptDelay;
        MaxAddresses = other.MaxAddresses;
        LocalIPv4 = other.LocalIPv4;
        LocalIPv6 = other.LocalIPv6;
    }

    public GuardedDialerOptions()
    {
    }
}
