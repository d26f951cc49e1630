using System.Diagnostics;

namespace Facteur.Load.Modes;

/// <summary>imap-fill-mailbox: a <see cref="MailboxSample"/> of --operations messages, the oldest first, by one connection; an operation is a message.</summary>
internal static class MailboxFill
{
    private const int Batch = 500;

    public static async Task<string> RunAsync(LoadOptions options)
    {
        var meter = new Meter(options);
        var count = (int)(options.Operations ?? 1_000);
        var sample = new MailboxSample(count, options.User, TimeProvider.System.GetUtcNow());
        meter.Start();
        try
        {
            await using var imap = await ImapClient.LoginAsync(options);
            var next = Write(sample, 0, count);
            for (var from = 0; from < count; from += Batch)
            {
                var messages = await next;
                // The next ones are written while these are taken in.
                next = Write(sample, from + Batch, count);
                var start = Stopwatch.GetTimestamp();
                await imap.AppendAsync(options.Mailbox, messages);
                meter.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds, messages.Sum(message => (long)message.Octets.Length), messages.Count);
            }
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or System.Net.Sockets.SocketException)
        {
            meter.Error(e.Message);
        }
        return meter.Report("imap-fill-mailbox");
    }

    private static Task<List<MailboxMessage>> Write(MailboxSample sample, int from, int count) =>
        Task.Run(() => Enumerable.Range(from, Math.Clamp(count - from, 0, Batch)).Select(sample.Message).ToList());
}
