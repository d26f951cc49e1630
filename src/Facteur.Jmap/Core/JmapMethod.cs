namespace Facteur.Jmap;

/// <summary>A method of JMAP: one file, named after it (RFC 8620 §3.3). One instance serves all requests at once.</summary>
/// <param name="name">As on the wire: "Email/get".</param>
/// <param name="capability">The capability that a request must use to call it: <see cref="JmapCapabilities"/>.</param>
public abstract class JmapMethod(string name, string capability)
{
    public string Name { get; } = name;

    public string Capability { get; } = capability;

    /// <summary>
    /// It may change what is stored (by the names of RFC 8620 §5): what it has done must be told, so that its answer may be larger than the rest
    /// of the request leaves.
    /// </summary>
    internal bool Changes { get; } = name.EndsWith("/set", StringComparison.Ordinal) || name.EndsWith("/copy", StringComparison.Ordinal)
        || name.EndsWith("/import", StringComparison.Ordinal) || name.EndsWith("/upload", StringComparison.Ordinal);

    /// <summary>
    /// Runs a call and writes its answer, one JSON object, to <see cref="JmapCall.Answer"/>. What was written is thrown away when it throws:
    /// <see cref="JmapMethodException"/> for every error of RFC 8620 §3.6.2; anything else is a fault of ours (serverFail).
    /// </summary>
    public abstract ValueTask RunAsync(JmapCall call, CancellationToken cancel);
}
