using Facteur.Storage;
using Facteur.Storage.Annotations;

namespace Facteur.Imap;

/// <summary>Brings what others change of annotations to the sessions that enabled METADATA (RFC 5464 §4.4.2).</summary>
internal sealed class MetadataFeed
{
    private readonly Lock gate = new();
    private readonly Dictionary<AccountId, List<MetadataListener>> listeners = [];

    public MetadataFeed(AnnotationStore annotations) => annotations.Changed += Tell;

    /// <param name="wake">Called when there is something to tell; only sets a signal.</param>
    public MetadataListener Listen(AccountId account, AccountId person, object self, Action wake)
    {
        var listener = new MetadataListener(this, account, person, self, wake);
        lock (gate)
        {
            if (!listeners.TryGetValue(account, out var those)) listeners.Add(account, those = []);
            those.Add(listener);
        }
        return listener;
    }

    public void Remove(MetadataListener listener)
    {
        lock (gate)
            if (listeners.TryGetValue(listener.Account, out var those) && those.Remove(listener) && those.Count == 0) listeners.Remove(listener.Account);
    }

    // Before who changed it has an answer: a NOOP of another session after that answer tells it.
    private void Tell(AnnotationsChanged changed)
    {
        lock (gate)
            if (listeners.TryGetValue(changed.Place.Account, out var those))
                foreach (var listener in those) listener.Add(changed);
    }
}

/// <summary>What a session is to be told yet of annotations.</summary>
internal sealed class MetadataListener(MetadataFeed feed, AccountId account, AccountId person, object self, Action wake) : IDisposable
{
    /// <summary>Names that wait for a session that does not listen; past that it is told all names there are.</summary>
    private const int MaxNames = 1_000;

    private readonly Lock gate = new();
    private Dictionary<AnnotationPlace, SortedSet<string>> waiting = [];
    private int count;

    public AccountId Account => account;

    public void Add(AnnotationsChanged changed)
    {
        if (ReferenceEquals(changed.Origin, self)) return;
        lock (gate)
        {
            foreach (var name in changed.Names)
            {
                // What is private of another person is not seen.
                if (count >= MaxNames || changed.Person != person && name.StartsWith("/private/", StringComparison.Ordinal)) continue;
                if (!waiting.TryGetValue(changed.Place, out var names)) waiting.Add(changed.Place, names = new SortedSet<string>(StringComparer.Ordinal));
                if (names.Add(name)) count++;
            }
            if (count == 0) return;
        }
        wake();
    }

    /// <summary>What to tell, which is told then.</summary>
    /// <param name="isTooMuch">More changed than is remembered.</param>
    public Dictionary<AnnotationPlace, SortedSet<string>> Take(out bool isTooMuch)
    {
        lock (gate)
        {
            isTooMuch = count >= MaxNames;
            var taken = waiting;
            if (taken.Count > 0) waiting = [];
            count = 0;
            return taken;
        }
    }

    public void Dispose() => feed.Remove(this);
}
