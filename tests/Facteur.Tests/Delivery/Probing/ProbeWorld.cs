using System.Globalization;
using System.Net;
using System.Text;
using Facteur.Delivery.Probing;
using Facteur.Net.Dialing;
using Facteur.Smtp.Client;
using Facteur.Tests.Delivery.Transport;
using Facteur.Tests.Smtp.Client;
using Facteur.Tests.Support;

namespace Facteur.Tests.Delivery.Probing;

/// <summary>Mail hosts in memory for a probe: DNS in <see cref="Zone"/>, hosts by address.</summary>
internal sealed class ProbeWorld
{
    private static readonly TestAuthority authority = new(new FakeTime().GetUtcNow()); // keys take their time to make
    private readonly Dictionary<IPAddress, Func<Stream, Task>> hosts = [];
    private readonly Dictionary<IPAddress, DialOutcome> dead = [];
    private readonly Dictionary<string, HttpFetch> documents = [];
    private readonly TaskCompletionSource silent = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public FakeTime Time { get; } = new();
    public ZoneResolver Zone { get; } = new();
    public static TestAuthority Authority => authority;
    public List<IPEndPoint> Dialled { get; } = [];

    public SmtpProbe Probe => new(new ProbeServices(Zone, DialAsync, FetchAsync, "us.example", Time) { ExtraRoots = authority.Roots });

    /// <summary>A host with an A record.</summary>
    public ProbeWorld Host(string name, string address, FakeHost host) => Host(name, address, host.ServeAsync);

    public ProbeWorld Host(string name, string address, Func<Stream, Task> serve)
    {
        var parsed = IPAddress.Parse(address);
        if (parsed.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6) Zone.Aaaa(name, address);
        else Zone.A(name, address);
        hosts[parsed] = serve;
        return this;
    }

    /// <summary>An address at which nobody is.</summary>
    public ProbeWorld Dead(string name, string address, DialOutcome outcome)
    {
        var parsed = IPAddress.Parse(address);
        if (parsed.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6) Zone.Aaaa(name, address);
        else Zone.A(name, address);
        dead[parsed] = outcome;
        return this;
    }

    public ProbeWorld Sts(string domain, string? text)
    {
        Zone.Txt("_mta-sts." + domain, "v=STSv1; id=1;");
        documents[$"https://mta-sts.{domain}/.well-known/mta-sts.txt"] = text is null ? TransportFixture.NoAnswer(HttpOutcome.TlsFailed) : TransportFixture.Answer(text);
        return this;
    }

    /// <summary>A host that says these lines in turn, the first unasked; "silent" says nothing, "wait 5" moves the clock by 5 s, "close" ends it.</summary>
    public Func<Stream, Task> Saying(params string[] lines) => async stream =>
    {
        await using (stream)
        {
            for (var i = 0; i < lines.Length; i++)
            {
                if (i > 0 && await ReadLineAsync(stream) is null) return;
                while (lines[i].StartsWith("wait ", StringComparison.Ordinal))
                    Time.Advance(TimeSpan.FromSeconds(int.Parse(lines[i++].AsSpan(5), CultureInfo.InvariantCulture)));
                if (lines[i] == "close") return;
                if (lines[i] == "silent")
                {
                    silent.TrySetResult();
                    break;
                }
                await stream.WriteAsync(Encoding.ASCII.GetBytes(lines[i].Replace("\n", "\r\n", StringComparison.Ordinal) + "\r\n"));
                await stream.FlushAsync();
            }
            while (await ReadLineAsync(stream) is { } line)
                if (line == "QUIT") return; // it listens and says no more
        }
    };

    /// <summary>Moves the clock when a host has become silent for good, and the probe waits for it.</summary>
    public async Task<ProbeReport> PatientlyAsync(ValueTask<ProbeReport> probe)
    {
        var task = probe.AsTask();
        while (await Task.WhenAny(task, silent.Task) != task)
        {
            if (Time.ArmedTimers > 0) Time.Advance(TimeSpan.FromSeconds(61));
            await Task.Yield();
        }
        return await task;
    }

    /// <summary>"Ok Addresses, Failed Connect ConnectRefused": all steps of a section; each has words in both languages.</summary>
    public static string Steps(ProbeSection section)
    {
        foreach (var step in section.Steps) RequireWords(step);
        return string.Join(", ", section.Steps.Select(step => $"{step.State} {step.Kind}{(step.Finding is { } finding ? " " + finding.Code : "")}"));
    }

    public static string English(ProbeWords words) => ProbeText.Of(words, CultureInfo.GetCultureInfo("en"));
    public static string French(ProbeWords words) => ProbeText.Of(words, CultureInfo.GetCultureInfo("fr"));

    private static void RequireWords(ProbeStep step)
    {
        foreach (var words in new[] { step.Result, step.Finding }.OfType<ProbeWords>())
            foreach (var text in (string[])[English(words), French(words)])
            {
                Assert.NotEqual(words.Code, text);
                Assert.DoesNotContain('{', text);
            }
        if (step.Finding is not { } finding) return;
        Assert.NotEqual("", ProbeText.Advice(finding, CultureInfo.GetCultureInfo("en")));
        Assert.NotEqual(ProbeText.Advice(finding, CultureInfo.GetCultureInfo("en")), ProbeText.Advice(finding, CultureInfo.GetCultureInfo("fr")));
        Assert.NotEqual(English(finding), French(finding));
    }

    private Task<DialResult> DialAsync(IPEndPoint remote, DialPurpose purpose, CancellationToken cancel)
    {
        Dialled.Add(remote);
        if (!hosts.TryGetValue(remote.Address, out var serve)) return Task.FromResult(new DialResult(dead.GetValueOrDefault(remote.Address, DialOutcome.Refused), "no", null, []));
        var (client, peer) = MemoryWire.CreatePair();
        _ = serve(peer);
        return Task.FromResult(new DialResult(DialOutcome.Connected, "connected", new DialedConnection(client, remote, new IPEndPoint(IPAddress.Parse("192.0.2.200"), 40000)), []));
    }

    private Task<HttpFetch> FetchAsync(HttpFetchRequest request, CancellationToken cancel) =>
        Task.FromResult(documents.GetValueOrDefault(request.Uri.ToString()) ?? TransportFixture.NoAnswer(HttpOutcome.Unreachable));

    private static async Task<string?> ReadLineAsync(Stream stream)
    {
        var line = new List<byte>();
        var one = new byte[1];
        try
        {
            while (await stream.ReadAsync(one) == 1)
            {
                if (one[0] == '\n') return Encoding.ASCII.GetString([.. line]).TrimEnd('\r');
                line.Add(one[0]);
            }
        }
        catch (IOException)
        {
            // The client went away.
        }
        return null;
    }
}
