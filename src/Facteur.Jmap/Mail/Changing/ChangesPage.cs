using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>The last change of an object since a state.</summary>
/// <param name="Created">When it came to be; zero when it was there at that state already.</param>
/// <param name="OnlyCounts">Of a mailbox: nothing but its numbers of emails and threads changed.</param>
internal readonly record struct ObjectChange(long Id, ModSeq At, ModSeq Created, bool IsDestroyed, bool OnlyCounts = false)
{
    public bool IsCreated => Created.Value > 0 && !IsDestroyed;
}

/// <summary>
/// Changes that one answer of /changes tells, the newest first (RFC 8620 §5.2, RFC 8621 §4.3).
/// <para>
/// An object stands once among the changes, at its last one. A client that takes them in parts from state B towards E was told those from a place P on.
/// Meanwhile some that it was not told of may have changed again after E: they are not before P any more. Of these, objects that came to be between B and E
/// are told where they did, so that none is first heard of as updated; what was there at B waits for the changes after E. So a client may be told twice
/// that an object was created, never that one was after it was updated or destroyed.
/// </para>
/// </summary>
internal sealed record ChangesPage(IReadOnlyList<ObjectChange> Changes, JmapState NewState, bool HasMore)
{
    /// <summary>The state from which <paramref name="state"/> needs the changes of the store.</summary>
    public static ModSeq Since(JmapState state) => state.Untold?.Since ?? state.ModSeq;

    /// <param name="changes">All since <see cref="Since"/>, ascending by MODSEQ, then by id; changed by the call.</param>
    /// <param name="now">The account's state with these changes.</param>
    public static ChangesPage Take(List<ObjectChange> changes, JmapState since, ModSeq now, int max)
    {
        var end = since.Untold is null ? now : since.ModSeq;
        if (since.Untold is { } untold) KeepBefore(changes, untold, end);
        if (changes.Count <= max) return new ChangesPage(changes, new JmapState(end), end.Value < now.Value);
        var told = changes.GetRange(changes.Count - max, max);
        return new ChangesPage(told, new JmapState(end, new JmapStateUntold(Since(since), told[0].At, told[0].Id)), true);
    }

    private static void KeepBefore(List<ObjectChange> changes, JmapStateUntold untold, ModSeq end)
    {
        var kept = 0;
        for (var i = 0; i < changes.Count; i++)
        {
            var change = changes[i];
            var at = change.At.Value <= end.Value ? change.At : change.Created;
            if (at.Value == 0 || at.Value > end.Value || at.Value > untold.At.Value || at.Value == untold.At.Value && change.Id >= untold.Id) continue;
            // What was destroyed after the end was not yet then.
            if (change.IsDestroyed && at != change.At) continue;
            changes[kept++] = change with { At = at };
        }
        changes.RemoveRange(kept, changes.Count - kept);
        changes.Sort(static (a, b) => a.At != b.At ? a.At.CompareTo(b.At) : a.Id.CompareTo(b.Id));
    }
}
