using System.Text.Json;
using Facteur.Accounts;

namespace Facteur.Jmap;

/// <summary>The /set of a type with few objects (RFC 8620 §5.3): each is found by its id among all, made, changed or taken away.</summary>
/// <typeparam name="T">What an object is of, beside its JSON.</typeparam>
internal abstract class ListedSet<T>(ListedType type) : JmapSetMethod($"{type.Name}/set", type.Capability) where T : class
{
    /// <param name="id">Any text.</param>
    /// <returns>Null when the account has none of that id.</returns>
    protected abstract ValueTask<T?> FindAsync(JmapCall call, JmapAccount account, string id, CancellationToken cancel);

    protected abstract ValueTask<JmapCreated> CreateAsync(JmapCall call, JmapAccount account, JsonElement value, CancellationToken cancel);

    /// <returns>Writes what changed without being asked for; null for nothing.</returns>
    protected abstract ValueTask<Action<Utf8JsonWriter>?> UpdateAsync(JmapCall call, JmapAccount account, T before, JmapPatch patch, CancellationToken cancel);

    protected abstract ValueTask DestroyAsync(JmapCall call, JmapAccount account, T before, CancellationToken cancel);

    protected sealed override ValueTask<JmapSetObjects> OpenAsync(JmapCall call, JmapAccount account, CancellationToken cancel) => new(new Objects(this, type, call, account));

    /// <summary>Does what a rule of accounts may forbid; the rule's sentence is told with a type of SetError.</summary>
    protected static async ValueTask<TResult> DoAsync<TResult>(string error, Func<ValueTask<TResult>> change)
    {
        try
        {
            return await change();
        }
        catch (AccountRuleException e)
        {
            throw new JmapSetException(new JmapSetError(error, e.Message));
        }
    }

    private sealed class Objects(ListedSet<T> method, ListedType type, JmapCall call, JmapAccount account) : JmapSetObjects
    {
        public override ValueTask<string> StateAsync(CancellationToken cancel) => type.StateAsync(call, account, cancel);

        public override ValueTask<JmapCreated> CreateAsync(string creationId, JsonElement value, CancellationToken cancel) => method.CreateAsync(call, account, value, cancel);

        public override async ValueTask<Action<Utf8JsonWriter>?> UpdateAsync(string id, JmapPatch patch, CancellationToken cancel) =>
            await method.UpdateAsync(call, account, await FindAsync(id, cancel), patch, cancel);

        public override async ValueTask DestroyAsync(string id, CancellationToken cancel) => await method.DestroyAsync(call, account, await FindAsync(id, cancel), cancel);

        private async ValueTask<T> FindAsync(string id, CancellationToken cancel) =>
            await method.FindAsync(call, account, id, cancel) ?? throw new JmapSetException(JmapSetError.NotFound);
    }
}
