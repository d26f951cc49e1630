using Facteur.Sieve;

namespace Facteur.Delivery.Tracing;

/// <summary>Why something happened, in the languages in which a trace is read: a row is written before it is known by whom.</summary>
internal sealed record TraceReason(string English, string French)
{
    /// <summary>What somebody wrote, in whatever language.</summary>
    public static TraceReason? Said(string? text) => text is null ? null : new(text, text);

    public static TraceReason Of(SieveSentence sentence) => new(sentence.In("en"), sentence.In("fr"));

    /// <summary>Why a message is taken for spam; null when it is not.</summary>
    public static TraceReason? Of(Filtering.FilterVerdict? verdict, Storage.AccountId account) =>
        Why(verdict, account, "en") is { } english ? new(english, Why(verdict, account, "fr") ?? english) : null;

    private static string? Why(Filtering.FilterVerdict? verdict, Storage.AccountId account, string language) =>
        verdict?.Detail(account, language).FirstOrDefault(pair => pair.Key == "why").Value;
}
