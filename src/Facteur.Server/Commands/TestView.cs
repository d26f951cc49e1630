using System.Globalization;
using Facteur.Delivery.Probing;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>What a test found, in one language.</summary>
/// <param name="State">"ok", "warning" or "failed".</param>
internal sealed record TestView(string State, string Verdict, IReadOnlyList<TestSectionView> Sections)
{
    public static TestView Of(ProbeReport report, CultureInfo language) => new(
        Name(report.State), ProbeText.Of(new ProbeWords("Verdict." + report.State), language), [.. report.Sections.Select(section => TestSectionView.Of(section, language))]);

    internal static string Name(ProbeState state) => state.ToString().ToLowerInvariant();

    /// <param name="withDialogue">All of the conversation; else that of the failed step.</param>
    public void Show(IAnsiConsole console, bool withDialogue, CultureInfo language)
    {
        foreach (var section in Sections)
        {
            console.MarkupLineInterpolated($"[bold]{section.Name}[/]");
            foreach (var step in section.Steps) Show(console, step, withDialogue, language);
        }
        console.WriteLine(Verdict);
    }

    private static void Show(IAnsiConsole console, TestStepView step, bool withDialogue, CultureInfo language)
    {
        var mark = ProbeText.Of(new ProbeWords("Mark." + step.State), language);
        console.Markup($"  {(step.State switch { "ok" => "[green]", "warning" => "[yellow]", _ => "[red]" })}{Markup.Escape(mark.PadRight(9))}[/]");
        console.MarkupLineInterpolated($" {step.Milliseconds.ToString("N0", CultureInfo.InvariantCulture),7} ms  {step.Name.PadRight(16)} {(step.Text.Length > 0 ? step.Text : step.Cause)}");
        const string indent = "                       ";
        if (step.Cause.Length > 0)
        {
            if (step.Text.Length > 0) console.MarkupLineInterpolated($"{indent}{step.Cause}");
            console.MarkupLineInterpolated($"{indent}{step.Advice}");
        }
        if (withDialogue || step.State == "failed")
            foreach (var line in step.Dialogue) console.MarkupLineInterpolated($"{indent}[dim]{line}[/]");
    }
}

/// <summary>A host, or the search for hosts.</summary>
internal sealed record TestSectionView(string Name, string State, IReadOnlyList<TestStepView> Steps)
{
    public static TestSectionView Of(ProbeSection section, CultureInfo language) =>
        new(section.Name, TestView.Name(section.State), [.. section.Steps.Select(step => TestStepView.Of(step, language))]);
}

/// <param name="Step">Its name for scripts.</param>
/// <param name="Name">Its name in words.</param>
/// <param name="Text">What was found.</param>
/// <param name="Code">Of what is wrong, or "".</param>
/// <param name="Dialogue">"> " what we said, "&lt; " what the host said.</param>
internal sealed record TestStepView(string Step, string Name, string State, double Milliseconds, string Text, string Code, string Cause, string Advice, IReadOnlyList<string> Dialogue)
{
    public static TestStepView Of(ProbeStep step, CultureInfo language) => new(
        char.ToLowerInvariant(step.Kind.ToString()[0]) + step.Kind.ToString()[1..], ProbeText.Of(step.Kind, language), TestView.Name(step.State), Math.Round(step.Elapsed.TotalMilliseconds, 1),
        step.Result is { } result ? ProbeText.Of(result, language) : "", step.Finding?.Code ?? "",
        step.Finding is { } finding ? ProbeText.Of(finding, language) : "", step.Finding is { } wrong ? ProbeText.Advice(wrong, language) : "",
        [.. step.Dialogue.Select(line => (line.IsOurs ? "> " : "< ") + line.Text)]);
}
