using System.Text.Json;
using Microsoft.Playwright;

namespace Facteur.Browse;

/// <summary>Counts what a page asks for, by the events of the DevTools Protocol: octets as they came over the wire, compressed, with the heads of the answers.</summary>
internal sealed class NetworkTally
{
    private sealed record Request(string Type, double Began)
    {
        public TaskCompletionSource<double> Octets { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private readonly Dictionary<string, Request> requests = new(StringComparer.Ordinal);

    public NetworkTally(ICDPSession protocol)
    {
        protocol.Event("Network.requestWillBeSent").OnEvent += (_, e) => Begin(e!.Value);
        protocol.Event("Network.loadingFinished").OnEvent += (_, e) => End(e!.Value, e.Value.GetProperty("encodedDataLength").GetDouble());
        protocol.Event("Network.loadingFailed").OnEvent += (_, e) => End(e!.Value, 0);
    }

    /// <summary>What was asked for up to a time, in milliseconds since 1970 by the browser's clock; waits for what is still on its way.</summary>
    public async Task<(double Scripts, double Octets, int Requests)> UntilAsync(double time)
    {
        List<Request> counted;
        // An event source never ends.
        lock (requests) counted = [.. requests.Values.Where(request => request.Began <= time && request.Type != "EventSource")];
        var octets = await Task.WhenAll(counted.Select(request => request.Octets.Task));
        return (counted.Zip(octets).Where(one => one.First.Type == "Script").Sum(one => one.Second), octets.Sum(), counted.Count);
    }

    private void Begin(JsonElement e)
    {
        var request = new Request(e.TryGetProperty("type", out var type) ? type.GetString()! : "", e.GetProperty("wallTime").GetDouble() * 1000);
        // One that was sent elsewhere goes on under its name.
        lock (requests) requests[e.GetProperty("requestId").GetString()!] = request;
    }

    private void End(JsonElement e, double octets)
    {
        lock (requests)
            if (requests.TryGetValue(e.GetProperty("requestId").GetString()!, out var request)) request.Octets.TrySetResult(octets);
    }
}
