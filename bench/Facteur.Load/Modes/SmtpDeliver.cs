using System.Diagnostics;
using System.Text;

namespace Facteur.Load.Modes;

/// <summary>smtp-deliver: messages over connections that stay open; MAIL, RCPT and DATA are pipelined. Counted when visible in the mailbox.</summary>
internal static class SmtpDeliver
{
    private static readonly byte[] endOfData = ".\r\n"u8.ToArray();
    private static long next;

    public static async Task<string> RunAsync(LoadOptions options)
    {
        var meter = new Meter(options);
        var before = options.VisibleImapPort is null ? 0 : await CountAsync(options);
        meter.Start();
        await Task.WhenAll(Enumerable.Range(0, options.Connections).Select(n => Task.Run(() => SendAsync(options, meter, n))));
        var accepted = meter.Elapsed.TotalSeconds;
        var more = new Dictionary<string, object> { ["acceptedSeconds"] = Math.Round(accepted, 3) };
        if (options.VisibleImapPort is not null) await WaitVisibleAsync(options, before, meter);
        return meter.Report("smtp-deliver", more);
    }

    private static async Task SendAsync(LoadOptions options, Meter meter, int number)
    {
        try
        {
            await using var connection = await LineConnection.ConnectAsync(options);
            await ExpectAsync(connection, '2');
            await CommandAsync(connection, "EHLO load.test\r\n");
            if (options.Tls == TlsMode.StartTls)
            {
                await CommandAsync(connection, "STARTTLS\r\n");
                await connection.StartTlsAsync(options.Host);
                await CommandAsync(connection, "EHLO load.test\r\n");
            }
            if (options.Password.Length > 0 && options.VisibleImapPort is null)
                await CommandAsync(connection, $"AUTH PLAIN {Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{options.User}\0{options.Password}"))}\r\n");
            var sample = new SampleMessage(options.Size, "claire@sender.test", options.Recipients[0]);
            for (var turn = number; meter.TryBegin(); turn++)
                await DeliverAsync(connection, meter, sample, options.Signature, options.Recipients[turn % options.Recipients.Count]);
            await CommandAsync(connection, "QUIT\r\n");
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or EndOfStreamException)
        {
            meter.Error(e.Message);
        }
    }

    private static async Task DeliverAsync(LineConnection connection, Meter meter, SampleMessage sample, byte[] signature, string recipient)
    {
        var from = Stopwatch.GetTimestamp();
        await connection.WriteAsync($"MAIL FROM:<claire@sender.test>\r\nRCPT TO:<{recipient}>\r\nDATA\r\n");
        await ExpectAsync(connection, '2');
        await ExpectAsync(connection, '2');
        await ExpectAsync(connection, '3');
        var message = sample.Stamp(Interlocked.Increment(ref next));
        if (signature.Length > 0) await connection.WriteAsync(signature);
        await connection.WriteAsync(message);
        await connection.WriteAsync(endOfData);
        await ExpectAsync(connection, '2');
        meter.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds, message.Length);
    }

    private static async Task CommandAsync(LineConnection connection, string command)
    {
        await connection.WriteAsync(command);
        await ExpectAsync(connection, '2');
    }

    private static async Task ExpectAsync(LineConnection connection, char kind)
    {
        while (true)
        {
            var line = await connection.ReadLineAsync();
            if (line.Length > 3 && line.Span[3] == '-') continue;
            if (line.Length == 0 || line.Span[0] != kind) throw new InvalidOperationException(Encoding.UTF8.GetString(line.Span));
            return;
        }
    }

    private static async Task<long> CountAsync(LoadOptions options)
    {
        await using var imap = await ImapClient.LoginAsync(options, options.VisibleImapPort);
        return await imap.CountAsync(options.Mailbox);
    }

    private static async Task WaitVisibleAsync(LoadOptions options, long before, Meter meter)
    {
        var mine = options.Recipients.Count == 1 ? meter.Completed : throw new InvalidOperationException("--visible-imap-port goes with one recipient");
        await using var imap = await ImapClient.LoginAsync(options, options.VisibleImapPort);
        while (await imap.CountAsync(options.Mailbox) < before + mine && meter.Elapsed < TimeSpan.FromMinutes(10))
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
    }
}
