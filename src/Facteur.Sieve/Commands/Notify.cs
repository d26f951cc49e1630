using Facteur.Sieve.Compiling;
using Facteur.Sieve.Messages;
using Facteur.Sieve.Running;
using Facteur.Sieve.Syntax;

namespace Facteur.Sieve.Commands;

/// <summary>notify: asks for a notification, by mail.</summary>
// RFC 5435 §3; mailto RFC 5436; :fcc RFC 8580 §6.
internal sealed record Notify(SieveString? From, int Importance, IReadOnlyList<SieveString> Options, SieveString? Text, SieveString Method, FccArguments? Fcc) : SieveCommand
{
    private const int MaxSubject = 1_000;

    public static SieveCommand Parse(SieveArguments arguments)
    {
        var from = arguments.TaggedString("from");
        if (from is { IsConstant: true } && !AddressValue.IsMailboxList(from.Source)) throw new SieveSyntaxException(from.At, ScriptText.FromTakesAnAddress);
        var importance = arguments.TaggedString("importance");
        if (importance is not null && importance.Source is not ("1" or "2" or "3")) throw new SieveSyntaxException(importance.At, ScriptText.ImportanceTakes);
        var options = arguments.TaggedStrings("options") ?? [];
        var text = arguments.TaggedString("message");
        var fcc = FccArguments.Parse(arguments);
        return new Notify(from, importance is null ? 2 : importance.Source[0] - '0', options, text, arguments.String(ScriptText.Method), fcc);
    }

    public override async ValueTask<Flow> RunAsync(SieveRun run, CancellationToken cancel)
    {
        var method = Method.Expand(run);
        if (MailtoUri.Parse(method) is not { } uri)
            throw new SieveRuntimeException(ScriptText.NoSuchMethod.With(OctetText.ToText(VariableScope.Cut(method, 64))));
        var fcc = Fcc is null ? null : await Fcc.ResolveAsync(run, cancel);
        // RFC 5436 §2.7: what a machine sent notifies nobody.
        if (run.Message.Header.Named("Auto-Submitted").Any(line => !line.Text.Split(';', '(', ' ')[0].Equals("no", StringComparison.OrdinalIgnoreCase))) return Flow.Next;
        var from = From?.Expand(run);
        if (from is not null && !AddressValue.IsMailboxList(from)) from = null;
        var subject = Text?.Expand(run) ?? uri.Subject ?? run.Message.Header.Named("Subject").FirstOrDefault()?.Text ?? "";
        run.Plan.Notify(new NotifyAction(
            method, uri.Recipients, uri.Cc, OctetText.ToText(VariableScope.Cut(subject, MaxSubject)), uri.Body, uri.Fields, from, Importance,
            [.. run.Expand(Options).Select(OctetText.ToText)], fcc) { At = run.At });
        return Flow.Next;
    }
}
