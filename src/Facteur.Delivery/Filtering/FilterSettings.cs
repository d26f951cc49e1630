using System.Text.Json;
using System.Text.Json.Serialization;
using Facteur.Accounts.Policy;
using Facteur.Delivery.Filtering.Bayes;
using Facteur.Delivery.Filtering.Checkers;
using Facteur.Delivery.Filtering.Connections;
using Facteur.Delivery.Filtering.Content;

namespace Facteur.Delivery.Filtering;

/// <summary>The operator's settings of inbound policy: document "filters" of the site. What is absent has the default of its property.</summary>
public sealed record FilterSettings
{
    /// <summary>Name of the document.</summary>
    public const string Document = "filters";

    public static readonly FilterSettings Default = new();

    /// <summary>Networks ("192.0.2.0/24") whose mail is not checked at all: own hosts, a backup MX that checks by itself.</summary>
    public IReadOnlyList<string> Trusted
    {
        get;
        init => TrustedNetworks = NetworkSet.OnlyOf(field = value);
    } = [];

    /// <summary>A message whose DMARC result is fail and whose domain asks for reject is refused; false puts it into Junk.</summary>
    public bool RejectDmarc { get; init; } = true;

    /// <summary>Domains of ARC sealers (RFC 8617 §5.2) whose word on a message they changed is taken: mailing lists, forwarders.</summary>
    public IReadOnlyList<string> TrustedSealers { get; init; } = [];

    /// <summary>Networks refused at MAIL.</summary>
    public IReadOnlyList<string> BlockedNetworks
    {
        get;
        init => RefusedNetworks = NetworkSet.OnlyOf(field = value);
    } = [];

    /// <summary>Sender addresses, or domains as "@example.org", refused at MAIL.</summary>
    public IReadOnlyList<string> BlockedSenders { get; init; } = [];

    public RateSettings Rates { get; init; } = new();
    public GreylistSettings Greylist { get; init; } = new();

    /// <summary>DNS blacklists and whitelists. None by itself: each has terms of its own, and many answer no public resolver.</summary>
    public IReadOnlyList<DnsListSettings> Lists { get; init; } = [];

    /// <summary>The name of EHLO and the names of the client's address give points.</summary>
    public bool HostNames { get; init; } = true;

    /// <summary>Odd headers give points.</summary>
    public bool Headers { get; init; } = true;

    public AttachmentSettings Attachments { get; init; } = new();
    public BayesSettings Bayes { get; init; } = new();
    public RspamdSettings? Rspamd { get; init; }
    public ClamdSettings? Clamd { get; init; }

    /// <summary>Asked all at once: none sees what another adds.</summary>
    public IReadOnlyList<MilterSettings> Milters { get; init; } = [];

    internal NetworkSet TrustedNetworks { get; private init; } = NetworkSet.None;
    internal NetworkSet RefusedNetworks { get; private init; } = NetworkSet.None;
}

/// <summary>What a domain or an account decides by itself: document "filter". A narrower scope wins for each property it has.</summary>
public sealed record FilterPreferences
{
    /// <summary>Name of the document.</summary>
    public const string Document = "filter";

    public static readonly FilterPreferences Default = new() { JunkAt = 5, RejectAt = 15, Bayes = true };

    /// <summary>Points from which a message goes to Junk. 5.</summary>
    public double? JunkAt { get; init; }

    /// <summary>Points from which a message is refused, if all of its recipients say so. 15.</summary>
    public double? RejectAt { get; init; }

    /// <summary>The words of messages count, once enough of them were sorted. True.</summary>
    public bool? Bayes { get; init; }

    /// <summary>Addresses, or domains as "@example.org", whose mail is never put into Junk by its points.</summary>
    public IReadOnlyList<string>? Allowed { get; init; }

    /// <summary>Addresses, or domains as "@example.org", whose mail goes to Junk.</summary>
    public IReadOnlyList<string>? Blocked { get; init; }

    /// <summary>These, and of <paramref name="wider"/> what is not said here. Lists add up.</summary>
    public FilterPreferences Over(FilterPreferences wider) => new()
    {
        JunkAt = JunkAt ?? wider.JunkAt,
        RejectAt = RejectAt ?? wider.RejectAt,
        Bayes = Bayes ?? wider.Bayes,
        Allowed = Join(Allowed, wider.Allowed),
        Blocked = Join(Blocked, wider.Blocked),
    };

    private static IReadOnlyList<string>? Join(IReadOnlyList<string>? own, IReadOnlyList<string>? wider) =>
        own is null || wider is null ? own ?? wider : [.. own, .. wider];
}

/// <summary>How the documents are written: camel case, comments allowed, unknown names ignored (a newer version wrote them).</summary>
internal static class FilterJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };
}
