using Facteur.Delivery.Tracing;
using Facteur.Sieve;
using Facteur.Storage;

namespace Facteur.Delivery.Sieve;

/// <summary>Rows of the trace that tell an owner what his scripts did.</summary>
internal sealed class ScriptRows(ScriptSubject subject, AccountId account, string recipient)
{
    public const string Script = "script", Line = "line", Column = "column", Action = "action";

    /// <summary>Put into a mailbox, by a command of a script or because nothing else was said.</summary>
    /// <param name="by">Null: no command said so.</param>
    /// <param name="reason">Why it is not where it should be, or why it is in Junk.</param>
    public TraceEvent Stored(string mailbox, SteppedAction? by, TraceReason? reason)
    {
        var detail = new TraceDetail().Add(TraceDetail.Mailbox, mailbox);
        if (by is { } action) Add(detail, action);
        return Row(TraceKind.Stored, detail.Add(TraceDetail.Reason, reason));
    }

    /// <summary>Something else a command did.</summary>
    /// <param name="action">"discard", "reject", "redirect", "redirect-failed", "notify", "notify-failed".</param>
    public TraceEvent Done(string action, SteppedAction by, string? to = null, TraceReason? reason = null) =>
        Row(TraceKind.Scripted, Add(new TraceDetail().Add(Action, action), by).Add(TraceDetail.To, to).Add(TraceDetail.Reason, reason));

    public TraceEvent Failed(ScriptFault fault)
    {
        var detail = new TraceDetail().Add(Action, "error").Add(Script, NameOf(fault.Step, fault.Error.Script)).Add(Line, fault.Error.At.Line).Add(Column, fault.Error.At.Column);
        return Row(TraceKind.Scripted, detail.Add(TraceDetail.Reason, TraceReason.Of(fault.Error.Sentence)));
    }

    private static TraceDetail Add(TraceDetail detail, SteppedAction by) => detail.Add(Script, NameOf(by.Step, null)).Add(Line, by.Action.At.Line);

    private static string NameOf(ScriptStep step, string? included) => included ?? step.Script.Name;

    private TraceEvent Row(TraceKind kind, TraceDetail detail) =>
        new(subject.Arrived, kind, account, subject.Envelope.Id, subject.MessageId, subject.Sender, recipient, detail.Values);
}
