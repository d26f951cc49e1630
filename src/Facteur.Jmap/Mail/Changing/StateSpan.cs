using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>
/// From which state to which a /set with several commits led. When somebody else's change came between them, the client may not take its new state for
/// granted: then the old state is null, "if the server doesn't know" (RFC 8620 §5.3), and the client asks for all that changed.
/// </summary>
internal sealed class StateSpan
{
    private readonly ModSeq start;
    private ModSeq at;
    private bool isBroken;

    public StateSpan(ModSeq start) => this.start = at = start;

    /// <summary>A commit of ours led from one state to the next.</summary>
    public void Add(ModSeq before, ModSeq after)
    {
        // One that changed nothing is of no interest.
        if (after.Value <= before.Value) return;
        if (before != at) isBroken = true;
        at = after;
    }

    public string? Old => isBroken ? null : new JmapState(start).ToString();

    public string New => new JmapState(at).ToString();
}
