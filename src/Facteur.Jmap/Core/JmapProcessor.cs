using System.Buffers;
using Microsoft.Extensions.Logging;

namespace Facteur.Jmap;

/// <summary>
/// Runs the calls of a request in order and writes the response (RFC 8620 §3.3 to §3.7). Invariants: what is wrong with the request as a whole is
/// found before anything is done or written; an answer is written as soon as its call is done, and kept only when a later call refers to it;
/// a method that fails has written nothing.
/// </summary>
public sealed class JmapProcessor
{
    private readonly Dictionary<string, JmapMethod> methods;

    public JmapProcessor(JmapServices services, IEnumerable<JmapMethod> methods, ILogger<JmapProcessor> logger)
    {
        (Services, Logger) = (services, logger);
        this.methods = methods.ToDictionary(method => method.Name, StringComparer.Ordinal);
        Capabilities = new JmapCapabilitySet(services, JmapCapabilityTable.All(), this.methods.Values);
        Sessions = new JmapSessions(services, Capabilities);
    }

    public JmapServices Services { get; }

    /// <summary>What the server offers: those that have a method here.</summary>
    public JmapCapabilitySet Capabilities { get; }

    /// <summary>What users see of it.</summary>
    public JmapSessions Sessions { get; }

    internal ILogger Logger { get; }

    /// <summary>Reads a request and writes its response object; a pipe is flushed as it fills.</summary>
    /// <exception cref="JmapRequestException">The request as a whole is refused; nothing was written.</exception>
    public async ValueTask RunAsync(JmapUser user, ReadOnlyMemory<byte> request, IBufferWriter<byte> output, CancellationToken cancel)
    {
        using var read = RequestObject.Read(request, Services.Limits, Capabilities);
        using var run = new JmapRun(this, user, read, output);
        await run.RunAsync(cancel);
    }

    internal JmapMethod? Find(string name) => methods.GetValueOrDefault(name);
}
