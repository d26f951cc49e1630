using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Facteur.Server.Running;

/// <summary>The log on standard output: one line per event, for a terminal or for the system's journal.</summary>
internal sealed class ServerLog : IDisposable
{
    private volatile int level;

    public ServerLog(LogLevel least)
    {
        level = (int)least;
        Factory = LoggerFactory.Create(builder =>
        {
            builder.SetMinimumLevel(LogLevel.Trace);
            builder.AddFilter((category, severity) => (int)severity >= level && (severity >= LogLevel.Warning || category?.StartsWith("Microsoft.", StringComparison.Ordinal) != true));
            builder.AddConsole(options => options.FormatterName = LogLine.FormatterName);
            builder.Services.AddSingleton<ConsoleFormatter>(new LogLine(TimeProvider.System, journal: Environment.GetEnvironmentVariable("JOURNAL_STREAM") is not null));
        });
    }

    public ILoggerFactory Factory { get; }

    /// <summary>Least severity logged; may change while running.</summary>
    public LogLevel Least
    {
        get => (LogLevel)level;
        set => level = (int)value;
    }

    public void Dispose() => Factory.Dispose();
}
