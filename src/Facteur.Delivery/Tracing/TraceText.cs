using System.Globalization;
using System.Resources;
using System.Text;
using Facteur.Storage;

namespace Facteur.Delivery.Tracing;

/// <summary>
/// Says in words what a trace row means, in French or English. A text holds {names} of details, and parts in brackets that
/// are left out when one of their names has no value.
/// </summary>
public static class TraceText
{
    private static readonly ResourceManager Texts = new(typeof(TraceText).FullName!, typeof(TraceText).Assembly);

    /// <param name="row">A row of the trace.</param>
    /// <param name="language">French for "fr"; English for all others.</param>
    public static string Of(TraceEvent row, CultureInfo language)
    {
        var text = (row.Kind is TraceKind.Scripted or TraceKind.ReportReceived or TraceKind.QueueChanged ? Texts.GetString(NameOf(row), language) : null) ?? Texts.GetString(row.Kind.ToString(), language) ?? row.Kind.ToString();
        var values = row.Detail.DistinctBy(pair => pair.Key).ToDictionary(pair => pair.Key, pair => TraceDetail.Printable(pair.Value), StringComparer.Ordinal);
        if (language.TwoLetterISOLanguageName == "fr")
            foreach (var (name, value) in values.Where(pair => pair.Key.EndsWith(TraceDetail.InFrench, StringComparison.Ordinal)).ToList()) values[name[..^TraceDetail.InFrench.Length]] = value;
        values.TryAdd("recipient", TraceDetail.Printable(row.Recipient));
        values.TryAdd("sender", TraceDetail.Printable(row.Sender));
        return Fill(text, values);
    }

    /// <summary>"ScriptedRedirectFailed" of the action "redirect-failed": what scripts do has words for each, and some reports and changes of the queue have.</summary>
    private static string NameOf(TraceEvent row)
    {
        var action = row.Detail.FirstOrDefault(pair => pair.Key == "action").Value ?? "";
        return row.Kind + string.Concat(action.Split('-', StringSplitOptions.RemoveEmptyEntries).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
    }

    /// <summary>The end of a life in one sentence.</summary>
    public static string Of(TraceOutcome outcome, string recipients, CultureInfo language) =>
        string.Format(language, Texts.GetString("Outcome" + outcome, language)!, TraceDetail.Printable(recipients));

    /// <summary>A reason of our own, "Reason" and a name of <c>TraceText.resx</c>.</summary>
    internal static TraceReason Reason(string name, params object[] arguments)
    {
        string In(string language) => string.Format(CultureInfo.InvariantCulture, Texts.GetString("Reason" + name, CultureInfo.GetCultureInfo(language))!, arguments);
        return new TraceReason(In("en"), In("fr"));
    }

    private static string Fill(string text, Dictionary<string, string> values)
    {
        var output = new StringBuilder(text.Length * 2);
        for (var i = 0; i < text.Length;)
        {
            if (text[i] != '[')
            {
                var next = text.IndexOf('[', i);
                next = next < 0 ? text.Length : next;
                Append(output, text.AsSpan(i, next - i), values);
                i = next;
                continue;
            }
            var end = text.IndexOf(']', i);
            var start = output.Length;
            if (!Append(output, text.AsSpan(i + 1, end - i - 1), values)) output.Length = start;
            i = end + 1;
        }
        return output.ToString();
    }

    /// <summary>False: a name had no value.</summary>
    private static bool Append(StringBuilder output, ReadOnlySpan<char> part, Dictionary<string, string> values)
    {
        var complete = true;
        while (part.IndexOf('{') is var open and >= 0)
        {
            output.Append(part[..open]);
            var close = part.IndexOf('}');
            var value = values.GetValueOrDefault(part[(open + 1)..close].ToString(), "");
            complete &= value.Length > 0;
            output.Append(value);
            part = part[(close + 1)..];
        }
        output.Append(part);
        return complete;
    }
}
