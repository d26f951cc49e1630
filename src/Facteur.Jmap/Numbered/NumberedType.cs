using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>An object of a numbered type that is there, and the numbers of its creation and of its last change.</summary>
internal readonly record struct NumberedChange(string Id, ModSeq Created, ModSeq Changed);

/// <summary>What changed and what is gone since a state, and the state it leads to.</summary>
internal sealed record NumberedDelta(IEnumerable<NumberedChange> Changed, IEnumerable<(string Id, ModSeq At)> Removed, ModSeq State);

/// <summary>A type of which each change has a number of its own, so that a client may take them in parts of any size (RFC 8620 §5.2).</summary>
internal abstract class NumberedType(string name, string capability)
{
    public string Name => name;

    public string Capability => capability;

    /// <summary>Null where it is not known any more what has changed since.</summary>
    public abstract ValueTask<NumberedDelta?> SinceAsync(JmapCall call, JmapAccount account, ModSeq since, CancellationToken cancel);

    /// <summary>Ids of all that a query finds, in the order that it asks for.</summary>
    public abstract ValueTask<IReadOnlyList<string>> AnswerAsync(JmapCall call, JmapAccount account, CancellationToken cancel);
}
