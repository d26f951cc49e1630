using System.Buffers.Text;
using System.Diagnostics;
using System.Text;

namespace Facteur.Load.Modes;

/// <summary>pop3-retr: log in, RETR every message, QUIT; an operation is one message.</summary>
internal static class Pop3Retr
{
    public static async Task<string> RunAsync(LoadOptions options)
    {
        var meter = new Meter(options);
        meter.Start();
        await Task.WhenAll(Enumerable.Range(0, options.Connections).Select(_ => Task.Run(async () =>
        {
            try { while (meter.TryBegin(0)) if (!await DrainAsync(options, meter)) break; }
            catch (Exception e) when (e is IOException or InvalidOperationException) { meter.Error(e.Message); }
        })));
        return meter.Report("pop3-retr");
    }

    /// <summary>One session; false when the operations are used up.</summary>
    private static async Task<bool> DrainAsync(LoadOptions options, Meter meter)
    {
        await using var connection = await LineConnection.ConnectAsync(options);
        await ExpectAsync(connection);
        if (options.Tls == TlsMode.StartTls)
        {
            await CommandAsync(connection, "STLS\r\n");
            await connection.StartTlsAsync(options.Host);
        }
        await CommandAsync(connection, $"USER {options.User}\r\n");
        await CommandAsync(connection, $"PASS {options.Password}\r\n");
        var stat = await CommandAsync(connection, "STAT\r\n");
        if (!Utf8Parser.TryParse(Encoding.ASCII.GetBytes(stat[4..]), out int count, out _)) throw new InvalidOperationException(stat);
        for (var n = 1; n <= count; n++)
        {
            if (!meter.TryBegin()) return false;
            var from = Stopwatch.GetTimestamp();
            var before = connection.BytesRead;
            await CommandAsync(connection, $"RETR {n}\r\n");
            while (!(await connection.ReadLineAsync()).Span.SequenceEqual("."u8)) { }
            meter.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds, connection.BytesRead - before);
        }
        await CommandAsync(connection, "QUIT\r\n");
        return count > 0;
    }

    private static async Task<string> CommandAsync(LineConnection connection, string command)
    {
        await connection.WriteAsync(command);
        return await ExpectAsync(connection);
    }

    private static async Task<string> ExpectAsync(LineConnection connection)
    {
        var line = await connection.ReadTextLineAsync();
        return line.StartsWith("+OK", StringComparison.Ordinal) ? line : throw new InvalidOperationException(line);
    }
}
