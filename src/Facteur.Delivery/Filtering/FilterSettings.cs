using System.Text.Json;
using System.Text.Json.Serialization;

namespace Facteur.Delivery.Filtering;

/// <summary>The operator's settings of inbound policy: document "filters" of the site. What is absent has the default of its property.</summary>
public sealed record FilterSettings
{
    /// <summary>Name of the document.</summary>
    public const string Document = "filters";

    public static readonly FilterSettings Default = new();

    /// <summary>Networks ("192.0.2.0/24") whose mail is not checked at all: own hosts, a backup MX that checks by itself.</summary>
    public IReadOnlyList<string> Trusted { get; init; } = [];

    /// <summary>A message whose DMARC result is fail and whose domain asks for reject is refused; false puts it into Junk.</summary>
    public bool RejectDmarc { get; init; } = true;

    /// <summary>Domains of ARC sealers (RFC 8617 §5.2) whose word on a message they changed is taken: mailing lists, forwarders.</summary>
    public IReadOnlyList<string> TrustedSealers { get; init; } = [];
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
