using System.Text.Json;

namespace Facteur.Jmap;

/// <summary>Principal/set: who people are is the administrator's word, so all of it is forbidden (RFC 9670 §2.3).</summary>
internal sealed class PrincipalSet() : JmapSetMethod("Principal/set", JmapCapabilities.Principals)
{
    protected override ValueTask<JmapSetObjects> OpenAsync(JmapCall call, JmapAccount account, CancellationToken cancel) => new(new Principals(call, account));

    private sealed class Principals(JmapCall call, JmapAccount account) : JmapSetObjects
    {
        public override ValueTask<string> StateAsync(CancellationToken cancel) => PrincipalType.Instance.StateAsync(call, account, cancel);

        public override ValueTask<JmapCreated> CreateAsync(string creationId, JsonElement value, CancellationToken cancel) => throw Forbidden();

        public override async ValueTask<Action<Utf8JsonWriter>?> UpdateAsync(string id, JmapPatch patch, CancellationToken cancel) => throw await RefusalAsync(id, cancel);

        public override async ValueTask DestroyAsync(string id, CancellationToken cancel) => throw await RefusalAsync(id, cancel);

        private async ValueTask<JmapSetException> RefusalAsync(string id, CancellationToken cancel) =>
            (await Principal.ListAsync(call, account, cancel)).Any(one => one.Id == id) ? Forbidden() : new JmapSetException(JmapSetError.NotFound);

        private static JmapSetException Forbidden() => new(new JmapSetError("forbidden", "accounts and groups are the administrator's"));
    }
}
