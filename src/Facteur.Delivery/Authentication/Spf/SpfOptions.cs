using System.ComponentModel.DataAnnotations;

namespace Facteur.Delivery.Authentication.Spf;

/// <summary>Bounds of an SPF check.</summary>
public sealed class SpfOptions
{
    /// <summary>Terms that may ask the DNS in one check, includes and redirects with theirs. Default 10: the limit of RFC 7208 §4.6.4.</summary>
    [Range(1, 100)]
    public int MaxTerms { get; init; } = 10;

    /// <summary>Terms whose question may come back empty. Default 2: RFC 7208 §4.6.4.</summary>
    [Range(0, 100)]
    public int MaxVoidLookups { get; init; } = 2;

    /// <summary>Time for one check, after which it is a temperror. Default 20 s: the least that RFC 7208 §4.6.4 allows.</summary>
    [Range(typeof(TimeSpan), "00:00:20", "00:05:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Our name in explanations, macro "r" (RFC 7208 §7.3).</summary>
    public string ReceiverName { get; init; } = "unknown";
}
