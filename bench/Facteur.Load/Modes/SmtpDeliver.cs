namespace Facteur.Load.Modes;

/// <summary>smtp-deliver: messages over connections that stay open; MAIL, RCPT and DATA are pipelined. Counted when visible in the mailbox.</summary>
internal static class SmtpDeliver
{
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
            await using var client = await SmtpClient.ConnectAsync(options);
            if (options.VisibleImapPort is null) await client.LoginAsync(options);
            var sample = new SampleMessage(options.Size, "claire@sender.test", options.Recipients[0]);
            for (var turn = number; meter.TryBegin(); turn++)
                await client.DeliverAsync(meter, sample, options.Signature, "claire@sender.test", options.Recipients[turn % options.Recipients.Count]);
            await client.CommandAsync("QUIT\r\n");
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or EndOfStreamException)
        {
            meter.Error(e.Message);
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
