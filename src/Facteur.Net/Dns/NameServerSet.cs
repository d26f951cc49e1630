using System.Net;

namespace Facteur.Net.Dns;

/// <summary>The servers to ask now: those of the options, or those of resolv.conf as it is now.</summary>
internal sealed class NameServerSet(StubResolverOptions options, TimeProvider time)
{
    private static readonly TimeSpan checkEvery = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private State? state;

    /// <summary>The servers in the order in which to ask: the trusted, then the others; of each the living as configured, then the dead.</summary>
    public IReadOnlyList<NameServer> InOrder() => [.. Current().Servers.OrderBy(server => !server.IsTrusted).ThenBy(server => server.IsDead)];

    public TimeSpan QueryTimeout => options.QueryTimeout ?? Current().QueryTimeout;

    public int Attempts => Math.Clamp(options.Attempts ?? Current().Attempts, 1, 5);

    private State Current()
    {
        lock (gate)
        {
            if (state is not null && (options.Servers is not null || time.GetElapsedTime(state.Checked) < checkEvery)) return state;
            return state = options.Servers is null ? FromSystem() : Make(options.Servers, ResolvConf.Parse(""), default);
        }
    }

    private State FromSystem()
    {
        var written = LastWrite(options.ResolvConf);
        if (state is not null && state.Written == written) return state with { Checked = time.GetTimestamp() };
        var system = ResolvConf.Read(options.ResolvConf);
        return Make(system.Servers, system, written);
    }

    private State Make(IReadOnlyList<IPEndPoint> endPoints, ResolvConf system, DateTime written) =>
        new([.. endPoints.Select(endPoint => Keep(endPoint) ?? new NameServer(endPoint, IsTrusted(endPoint.Address), time))],
            system.QueryTimeout, system.Attempts, written, time.GetTimestamp());

    /// <summary>A server that stays keeps its record.</summary>
    private NameServer? Keep(IPEndPoint endPoint) => state?.Servers.FirstOrDefault(server => server.EndPoint.Equals(endPoint));

    private bool IsTrusted(IPAddress address) => options.TrustedServers is { } trusted ? trusted.Contains(address) : IPAddress.IsLoopback(address);

    private static DateTime LastWrite(string path)
    {
        try
        {
            return File.GetLastWriteTimeUtc(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return default;
        }
    }

    private sealed record State(IReadOnlyList<NameServer> Servers, TimeSpan QueryTimeout, int Attempts, DateTime Written, long Checked);
}
