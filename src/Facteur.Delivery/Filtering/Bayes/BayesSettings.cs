using System.ComponentModel.DataAnnotations;

namespace Facteur.Delivery.Filtering.Bayes;

/// <summary>The filter that learns from what people sort.</summary>
public sealed record BayesSettings
{
    /// <summary>Messages of each kind that must have been sorted before words count. 30: below, single messages decide.</summary>
    [Range(1, 10_000)]
    public int MinimumMessages { get; init; } = 30;

    /// <summary>Points of a message that is spam beyond doubt. 5.5: a filter that was trained may decide alone.</summary>
    public double SpamPoints { get; init; } = 5.5;

    /// <summary>Points taken off one that is not. 3.</summary>
    public double HamPoints { get; init; } = 3;

    /// <summary>What one account sorts counts, less, for all accounts of the site.</summary>
    public bool Shared { get; init; } = true;

    /// <summary>Mail of correspondents is learnt as wanted, mail with many points of other checks as spam; some of it each day, so that both kinds are known.</summary>
    public bool Automatic { get; init; } = true;
}

/// <summary>How a message was sorted.</summary>
public enum BayesClass : byte { Spam = 1, Ham = 2 }
