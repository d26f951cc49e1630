using Facteur.Sieve.Rules;

namespace Facteur.Jmap;

/// <summary>SetErrors of rules: those of RFC 8620 §5.3, and two of our own (docs/jmap.md).</summary>
internal static class RuleErrors
{
    public static JmapSetError Of(RuleRefusedException refused) => refused.Reason switch
    {
        RuleRefusal.NonExistent => JmapSetError.NotFound,
        RuleRefusal.TooMany => new JmapSetError("overQuota", refused.Message),
        RuleRefusal.NotConfirmed => new JmapSetError("addressNotConfirmed", refused.Message, [refused.Place]),
        RuleRefusal.Edited => new JmapSetError("editedByHand", refused.Message),
        _ => new JmapSetError("invalidProperties", refused.Message, refused.Place.Length == 0 ? null : [refused.Place]),
    };
}
