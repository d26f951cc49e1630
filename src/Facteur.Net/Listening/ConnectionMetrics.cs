using System.Diagnostics.Metrics;

namespace Facteur.Net;

/// <summary>Counters of connections, as meter "Facteur.Net".</summary>
public sealed class ConnectionMetrics : IDisposable
{
    private readonly Meter meter = new("Facteur.Net");
    private readonly UpDownCounter<int> active;
    private readonly Counter<long> ended;
    private readonly Histogram<double> duration;
    private readonly Counter<long> received;

    public ConnectionMetrics()
    {
        active = meter.CreateUpDownCounter<int>("facteur.connections.active", "{connection}", "Open connections");
        ended = meter.CreateCounter<long>("facteur.connections", "{connection}", "Connections that ended, by reason");
        duration = meter.CreateHistogram<double>("facteur.connections.duration", "s", "How long connections lasted");
        received = meter.CreateCounter<long>("facteur.connections.received", "By", "Octets received, after decryption");
    }

    public void Started(string protocol, string listener) =>
        active.Add(1, new KeyValuePair<string, object?>("protocol", protocol), new KeyValuePair<string, object?>("listener", listener));

    public void Ended(string protocol, string listener, EndReason reason, TimeSpan lasted, long octets)
    {
        var protocolTag = new KeyValuePair<string, object?>("protocol", protocol);
        var listenerTag = new KeyValuePair<string, object?>("listener", listener);
        active.Add(-1, protocolTag, listenerTag);
        ended.Add(1, protocolTag, listenerTag, new KeyValuePair<string, object?>("reason", reason.ToString()));
        duration.Record(lasted.TotalSeconds, protocolTag);
        received.Add(octets, protocolTag);
    }

    public void Dispose() => meter.Dispose();
}
