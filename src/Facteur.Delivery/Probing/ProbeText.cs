using System.Collections;
using System.Globalization;
using System.Resources;

namespace Facteur.Delivery.Probing;

/// <summary>Says in French or English what a probe found, why a step failed and what to do about it.</summary>
public static class ProbeText
{
    private static readonly ResourceManager Texts = new(typeof(ProbeText).FullName!, typeof(ProbeText).Assembly);

    /// <summary>The words; of a finding, its cause.</summary>
    public static string Of(ProbeWords words, CultureInfo language) =>
        string.Format(language, Texts.GetString(words.Code, language) ?? words.Code, [.. words.Arguments.Select(argument => Argument(argument, language))]);

    /// <summary>What to do about a finding.</summary>
    public static string Advice(ProbeWords finding, CultureInfo language) =>
        string.Format(language, Texts.GetString(finding.Code + ".Advice", language) ?? "", [.. finding.Arguments.Select(argument => Argument(argument, language))]);

    /// <summary>The name of a step.</summary>
    public static string Of(ProbeStepKind kind, CultureInfo language) => Texts.GetString("Step." + kind, language) ?? kind.ToString();

    private static string Argument(object argument, CultureInfo language) => argument switch
    {
        string text => text,
        ProbeWords words => Of(words, language),
        IEnumerable list => string.Join(", ", list.Cast<object>().Select(one => Argument(one, language))),
        _ => argument.ToString() ?? "",
    };
}
