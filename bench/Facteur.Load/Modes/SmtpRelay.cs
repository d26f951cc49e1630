namespace Facteur.Load.Modes;

/// <summary>
/// smtp-relay: messages for other hosts, which this program plays itself. The server has to be set up so that d1.load.test goes to
/// 127.0.1.1 at the sink's port, and so on. An operation is a message that has arrived.
/// </summary>
internal static class SmtpRelay
{
    public static async Task<string> RunAsync(LoadOptions options)
    {
        var meter = new Meter(options);
        await using var sink = SmtpSink.Listen(options.SinkPort, options.Destinations);
        using var dns = options.DnsPort is { } port ? new SinkDns(port) : null;
        var before = Processor(options.Pid);
        meter.Start();
        await Task.WhenAll(Enumerable.Range(0, options.Connections).Select(n => Task.Run(() => SendAsync(options, meter, n))));
        var accepted = meter.Elapsed.TotalSeconds;
        if (await Task.WhenAny(sink.WaitAsync(meter.Completed), Task.Delay(TimeSpan.FromMinutes(10), TimeProvider.System)) is { IsCompletedSuccessfully: false } || sink.Received < meter.Completed)
            meter.Error($"{sink.Received} of {meter.Completed} arrived");
        return meter.Report("smtp-relay", new Dictionary<string, object>
        {
            ["acceptedSeconds"] = Math.Round(accepted, 3),
            ["connectionsAtOnce"] = sink.MostOpen,
            ["serverCpuMsPerMessage"] = Math.Round((Processor(options.Pid) - before) / Math.Max(1, meter.Completed), 3),
        });
    }

    private static async Task SendAsync(LoadOptions options, Meter meter, int number)
    {
        try
        {
            await using var client = await SmtpClient.ConnectAsync(options);
            await client.LoginAsync(options);
            var sender = options.User.Length > 0 ? options.User : "claire@sender.test";
            var sample = new SampleMessage(options.Size, sender, "someone@d1.load.test");
            for (var turn = number; meter.TryBegin(); turn += options.Connections)
                await client.DeliverAsync(meter, sample, [], sender, $"u{turn}@d{1 + turn % options.Destinations}.load.test");
            await client.CommandAsync("QUIT\r\n");
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            meter.Error(e.Message);
        }
    }

    /// <summary>Processor time of a process and of all below it, in milliseconds: Postfix works in many.</summary>
    private static double Processor(int? pid)
    {
        if (pid is null) return 0;
        var parents = new Dictionary<int, (int Parent, double Milliseconds)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var id)) continue;
            try
            {
                var stat = File.ReadAllText($"{folder}/stat");
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                parents[id] = (int.Parse(fields[1], System.Globalization.CultureInfo.InvariantCulture), fields[11..15].Sum(ticks => double.Parse(ticks, System.Globalization.CultureInfo.InvariantCulture)) * 10);
            }
            catch (IOException)
            {
                // It has ended.
            }
        }
        return parents.Keys.Where(id => IsBelow(id)).Sum(id => parents[id].Milliseconds);

        bool IsBelow(int id)
        {
            for (var at = id; parents.TryGetValue(at, out var entry); at = entry.Parent)
                if (at == pid) return true;
            return false;
        }
    }
}
