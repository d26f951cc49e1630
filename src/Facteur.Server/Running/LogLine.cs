using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Facteur.Server.Running;

/// <summary>One line per event: time, severity, event, text; for the journal the severity as syslog's number and no time. A trace follows on lines of its own.</summary>
internal sealed class LogLine(TimeProvider time, bool journal) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "facteur";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        if (journal)
            textWriter.Write(Syslog(logEntry.LogLevel));
        else
            textWriter.Write($"{time.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {Severity(logEntry.LogLevel)} ");
        textWriter.Write(logEntry.EventId.Name ?? logEntry.Category);
        textWriter.Write(": ");
        // A value that came from a client must not begin a line of its own.
        textWriter.WriteLine(logEntry.Formatter(logEntry.State, logEntry.Exception).ReplaceLineEndings(" "));
        if (logEntry.Exception is { } exception)
            textWriter.WriteLine(exception.ToString());
    }

    private static string Severity(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info ",
        LogLevel.Warning => "warn ",
        LogLevel.Error => "error",
        _ => "crit ",
    };

    private static string Syslog(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "<7>",
        LogLevel.Information => "<6>",
        LogLevel.Warning => "<4>",
        LogLevel.Error => "<3>",
        _ => "<2>",
    };
}
