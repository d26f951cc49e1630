using System.Text.Json;
using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>
/// A /set whose objects are changed one by one (RFC 8620 §5.3): reads the arguments, refuses too many and a state that has passed, creates (those that
/// others refer to first), updates, destroys, and answers. A type says what these three are in <see cref="JmapSetObjects"/>:
/// <code>
/// internal sealed class IdentitySet() : JmapSetMethod("Identity/set", JmapCapabilities.Submission)
/// {
///     protected override ValueTask&lt;JmapSetObjects&gt; OpenAsync(JmapCall call, JmapAccount account, CancellationToken cancel) => new(new Identities(call, account));
/// }
/// </code>
/// Types that change many in one commit use <see cref="JmapSetArguments"/>, <see cref="JmapSetAnswer"/> and <see cref="JmapPatch"/> by themselves.
/// </summary>
public abstract class JmapSetMethod(string name, string capability) : JmapMethod(name, capability)
{
    /// <summary>Names of arguments beside those of every /set.</summary>
    protected virtual IReadOnlyList<string> MoreArguments => [];

    /// <summary>The objects of an account that the user may write to, for one call.</summary>
    protected abstract ValueTask<JmapSetObjects> OpenAsync(JmapCall call, JmapAccount account, CancellationToken cancel);

    public sealed override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        var account = await call.AccountAsync(write: true, cancel);
        var arguments = JmapSetArguments.Read(call, [.. MoreArguments]);
        var objects = await OpenAsync(call, account, cancel);
        var oldState = await objects.StateAsync(cancel);
        if (arguments.IfInState is { } wanted && wanted != oldState) throw new JmapMethodException("stateMismatch");
        var answer = new JmapSetAnswer();
        try
        {
            await CreateAsync(call, arguments, objects, answer, cancel);
            await UpdateAsync(call, arguments, objects, answer, cancel);
            await DestroyAsync(call, arguments, objects, answer, cancel);
            await objects.CompleteAsync(answer, cancel);
        }
        catch (Exception e) when (answer.HasChanges && e is not (OperationCanceledException or JmapMethodException))
        {
            throw new JmapPartialFailException(e);
        }
        answer.Write(call.Answer, JmapIds.Of(account.Id), oldState, await objects.StateAsync(cancel));
    }

    private static async ValueTask CreateAsync(JmapCall call, JmapSetArguments arguments, JmapSetObjects objects, JmapSetAnswer answer, CancellationToken cancel)
    {
        foreach (var (creationId, value) in arguments.CreateInOrder())
            try
            {
                var created = await objects.CreateAsync(creationId, value, cancel);
                call.Request.Created(creationId, created.Id);
                answer.Created(creationId, created.Id, created.ServerSet);
            }
            catch (Exception e) when (JmapSetError.TryOf(e, out var error))
            {
                answer.NotCreated(creationId, error);
            }
    }

    private static async ValueTask UpdateAsync(JmapCall call, JmapSetArguments arguments, JmapSetObjects objects, JmapSetAnswer answer, CancellationToken cancel)
    {
        var doomed = arguments.Destroy.Select(id => call.Request.ResolveId(id) ?? id).ToHashSet(StringComparer.Ordinal);
        foreach (var (sent, value) in arguments.Update)
        {
            var id = call.Request.ResolveId(sent) ?? sent;
            try
            {
                if (id.StartsWith('#')) throw new JmapSetException(JmapSetError.NotFound);
                if (doomed.Contains(id)) throw new JmapSetException(new JmapSetError("willDestroy"));
                answer.Updated(id, await objects.UpdateAsync(id, JmapPatch.Read(value), cancel));
            }
            catch (Exception e) when (JmapSetError.TryOf(e, out var error))
            {
                answer.NotUpdated(id, error);
            }
        }
    }

    private static async ValueTask DestroyAsync(JmapCall call, JmapSetArguments arguments, JmapSetObjects objects, JmapSetAnswer answer, CancellationToken cancel)
    {
        var ids = arguments.Destroy.Select(id => call.Request.ResolveId(id) ?? id).Distinct(StringComparer.Ordinal).ToList();
        foreach (var id in objects.DestroyInOrder(ids))
            try
            {
                if (id.StartsWith('#')) throw new JmapSetException(JmapSetError.NotFound);
                await objects.DestroyAsync(id, cancel);
                answer.Destroyed(id);
            }
            catch (Exception e) when (JmapSetError.TryOf(e, out var error))
            {
                answer.NotDestroyed(id, error);
            }
    }
}

/// <summary>
/// Objects of one type in one account, for one call of /set. Refusals of one object are <see cref="JmapSetException"/> or what the store refuses;
/// anything else ends the call. Each object is changed wholly or not at all.
/// </summary>
public abstract class JmapSetObjects
{
    /// <summary>The state as /get would answer it now.</summary>
    public abstract ValueTask<string> StateAsync(CancellationToken cancel);

    /// <param name="creationId">As the client named it.</param>
    /// <param name="value">An object; its references "#id" are resolved by <see cref="JmapRequest.ResolveId"/>.</param>
    public abstract ValueTask<JmapCreated> CreateAsync(string creationId, JsonElement value, CancellationToken cancel);

    /// <param name="id">Any text: one that no object has is <see cref="JmapSetError.NotFound"/>.</param>
    /// <returns>Writes what changed without being asked for; null for nothing.</returns>
    public abstract ValueTask<Action<Utf8JsonWriter>?> UpdateAsync(string id, JmapPatch patch, CancellationToken cancel);

    /// <param name="id">Any text: one that no object has is <see cref="JmapSetError.NotFound"/>.</param>
    public abstract ValueTask DestroyAsync(string id, CancellationToken cancel);

    /// <summary>The ids in the order in which they can be destroyed: children before parents.</summary>
    public virtual IReadOnlyList<string> DestroyInOrder(IReadOnlyList<string> ids) => ids;

    /// <summary>Called once all are done: for what depends on all of them (onSuccess… arguments) or was left for a second look.</summary>
    public virtual ValueTask CompleteAsync(JmapSetAnswer answer, CancellationToken cancel) => ValueTask.CompletedTask;
}

/// <param name="ServerSet">Writes the properties that the client did not send, beside the id; null for none.</param>
public sealed record JmapCreated(string Id, Action<Utf8JsonWriter>? ServerSet = null);

/// <summary>Something failed after part of the changes were made: the client has to look again (serverPartialFail, RFC 8620 §3.6.2).</summary>
public sealed class JmapPartialFailException(Exception cause) : JmapMethodException("serverPartialFail")
{
    /// <summary>Our fault, for the log.</summary>
    public Exception Cause { get; } = cause;
}
