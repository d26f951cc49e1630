using System.Net;
using Facteur.Delivery.Transport;
using Facteur.Net.Dialing;
using Facteur.Net.Dns;
using Facteur.Smtp.Client;
using Facteur.Tests.Smtp.Client;
using Facteur.Tests.Support;

namespace Facteur.Tests.Delivery.Transport;

/// <summary>A world of mail hosts in memory: DNS in <see cref="Zone"/>, hosts by address, policies by domain.</summary>
internal sealed class TransportFixture : ITlsObserver, IMtaStsPolicyStore
{
    private static readonly TestAuthority authority = new(new FakeTime().GetUtcNow()); // keys take their time to make
    private readonly Dictionary<IPAddress, FakeHost> hosts = [];
    private readonly Dictionary<string, CachedMtaStsPolicy> policies = [];
    private readonly Dictionary<string, HttpFetch> documents = [];

    public TransportFixture()
    {
        Policies = new MtaStsPolicies(Zone, FetchAsync, this, this, Time);
    }

    public FakeTime Time { get; } = new();
    public ZoneResolver Zone { get; } = new();
    public TestAuthority Authority => authority;
    public MtaStsPolicies Policies { get; }
    public List<TlsObservation> Observations { get; } = [];
    public List<IPEndPoint> Dialled { get; } = [];
    public List<string> Fetched { get; } = [];
    public int Fetches;
    public IReadOnlyDictionary<string, CachedMtaStsPolicy> Saved => policies;
    public string[] OwnNames { get; init; } = ["us.example"];
    public IPAddress[] OwnAddresses { get; init; } = [];

    public TransportFixture Host(string address, FakeHost host)
    {
        hosts[IPAddress.Parse(address)] = host;
        return this;
    }

    /// <summary>An A record and a host behind it.</summary>
    public TransportFixture Host(string name, string address, FakeHost host)
    {
        Zone.A(name, address);
        return Host(address, host);
    }

    /// <summary>The TXT record and the document.</summary>
    public TransportFixture Sts(string domain, string text, string id = "1")
    {
        Zone.Remove("_mta-sts." + domain, DnsType.Txt).Txt("_mta-sts." + domain, $"v=STSv1; id={id};");
        return Document(domain, Answer(text));
    }

    public TransportFixture Document(string domain, HttpFetch answer)
    {
        documents[$"https://mta-sts.{domain}/.well-known/mta-sts.txt"] = answer;
        return this;
    }

    public static HttpFetch Answer(string text, int status = 200, string type = "text/plain") =>
        new(HttpOutcome.Answered, "", new Uri("https://x"), status, null, type, System.Text.Encoding.ASCII.GetBytes(text.ReplaceLineEndings("\r\n")));

    public static HttpFetch NoAnswer(HttpOutcome outcome) => new(outcome, "no luck", new Uri("https://x"), 0, null, null, []);

    public MxHostConnector Connector() => new(
        new TransportServices(Zone, DialAsync, Policies, this, Time),
        new TransportOptions { OwnNames = OwnNames, OwnAddresses = OwnAddresses, ExtraRoots = Authority.Roots },
        ClientConversation.Options);

    /// <summary>Sends one message to the domain.</summary>
    public async Task<DeliveryResult> SendAsync(string domain, TransportDemands demands = default, DeliveryRoute? route = null, string? sender = null)
    {
        using var net = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var envelope = ClientConversation.Envelope("a@" + domain) with { RequireTls = demands.RequireTls, Sender = sender ?? "s@us.example" };
        var result = await Connector().SendAsync(route ?? new MxRoute(domain), demands, envelope, ClientConversation.Small, null, null, net.Token);
        if (result.Session is not null) await result.Session.DisposeAsync();
        return result;
    }

    public void Observe(TlsObservation observation) => Observations.Add(observation);

    public ValueTask<CachedMtaStsPolicy?> FindAsync(string domain, CancellationToken cancel) => new(policies.GetValueOrDefault(domain));

    public ValueTask SaveAsync(CachedMtaStsPolicy policy, CancellationToken cancel)
    {
        policies[policy.Domain] = policy;
        return default;
    }

    public ValueTask<IReadOnlyList<CachedMtaStsPolicy>> FetchedBeforeAsync(DateTimeOffset moment, CancellationToken cancel) =>
        new([.. policies.Values.Where(policy => policy.Fetched < moment)]);

    private Task<DialResult> DialAsync(IPEndPoint remote, DialPurpose purpose, CancellationToken cancel)
    {
        Dialled.Add(remote);
        if (IPAddress.IsLoopback(remote.Address)) return Task.FromResult(new DialResult(DialOutcome.Forbidden, "not a public address", null, []));
        if (!hosts.TryGetValue(remote.Address, out var host)) return Task.FromResult(new DialResult(DialOutcome.Refused, $"{remote}: connection refused", null, []));
        var (client, peer) = MemoryWire.CreatePair();
        _ = host.ServeAsync(peer);
        return Task.FromResult(new DialResult(DialOutcome.Connected, $"connected to {remote}", new DialedConnection(client, remote, new IPEndPoint(IPAddress.Parse("192.0.2.200"), 40000)), []));
    }

    private Task<HttpFetch> FetchAsync(HttpFetchRequest request, CancellationToken cancel)
    {
        lock (Fetched) Fetched.Add(request.Uri.ToString());
        Interlocked.Increment(ref Fetches);
        return Task.FromResult(documents.GetValueOrDefault(request.Uri.ToString()) ?? NoAnswer(HttpOutcome.Unreachable));
    }
}
