using System.Text.Json;

namespace Facteur.Jmap;

/// <summary>The /set of a type of which each account has one object, always: it is changed, never made or taken away (RFC 8620 §5.3, "singleton").</summary>
/// <param name="stays">Why it is not taken away, or what may be done instead.</param>
/// <param name="serverSet">Properties beside the id that may be sent only as they are.</param>
internal abstract class SingletonSet(ListedType type, string stays, params string[] serverSet) : JmapSetMethod($"{type.Name}/set", type.Capability)
{
    /// <summary>The id of every such object (RFC 8621 §8).</summary>
    public const string Id = "singleton";

    /// <summary>Reads what is wanted, throws when something of it cannot be, and writes it.</summary>
    /// <returns>Writes what changed without being asked for; null for nothing.</returns>
    protected abstract ValueTask<Action<Utf8JsonWriter>?> WriteAsync(JmapCall call, JmapAccount account, ListedPatch patch, CancellationToken cancel);

    protected sealed override ValueTask<JmapSetObjects> OpenAsync(JmapCall call, JmapAccount account, CancellationToken cancel) => new(new Objects(this, call, account));

    private ListedType Type { get; } = type;
    private string Stays { get; } = stays;
    private string[] ServerSet { get; } = serverSet;

    private sealed class Objects(SingletonSet method, JmapCall call, JmapAccount account) : JmapSetObjects
    {
        public override ValueTask<string> StateAsync(CancellationToken cancel) => method.Type.StateAsync(call, account, cancel);

        public override ValueTask<JmapCreated> CreateAsync(string creationId, JsonElement value, CancellationToken cancel) =>
            throw new JmapSetException(new JmapSetError("singleton", "there is one already, and no other"));

        public override ValueTask DestroyAsync(string id, CancellationToken cancel) =>
            throw new JmapSetException(id == Id ? new JmapSetError("singleton", method.Stays) : JmapSetError.NotFound);

        public override async ValueTask<Action<Utf8JsonWriter>?> UpdateAsync(string id, JmapPatch patch, CancellationToken cancel)
        {
            if (id != Id) throw new JmapSetException(JmapSetError.NotFound);
            var now = (await method.Type.ListAsync(call, account, cancel))[0];
            using var applied = new ListedPatch(method.Type, now, patch, method.ServerSet);
            return await method.WriteAsync(call, account, applied, cancel);
        }
    }
}
