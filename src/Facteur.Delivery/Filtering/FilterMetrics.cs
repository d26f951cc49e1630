using System.Diagnostics.Metrics;
using Facteur.Smtp;

namespace Facteur.Delivery.Filtering;

/// <summary>Counters of inbound policy, meter "Facteur.Delivery".</summary>
internal static class FilterMetrics
{
    private static readonly Meter Meter = new("Facteur.Delivery");
    private static readonly Counter<long> Verdicts = Meter.CreateCounter<long>("facteur.filter.verdicts", "{message}", "Messages judged, by verdict");
    private static readonly Counter<long> Refusals = Meter.CreateCounter<long>("facteur.filter.refusals", "{transaction}", "Senders and recipients refused before a message, by step");
    private static readonly Counter<long> Learnt = Meter.CreateCounter<long>("facteur.filter.learnt", "{message}", "Messages learnt from, by how they were sorted");

    public static FilterVerdict Judged(FilterVerdict verdict)
    {
        Verdicts.Add(1, new KeyValuePair<string, object?>("verdict", verdict.Action.ToString()));
        return verdict;
    }

    public static SmtpRefusal? Asked(SmtpRefusal? refusal, string step)
    {
        if (refusal is not null) Refusals.Add(1, new KeyValuePair<string, object?>("step", step));
        return refusal;
    }

    public static void LearntOne(Bayes.BayesClass sorted) => Learnt.Add(1, new KeyValuePair<string, object?>("sorted", sorted.ToString()));
}
