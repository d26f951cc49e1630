using System.Text.Json;

namespace Facteur.Jmap;

/// <summary>ShareNotification/set: they are put away, never made or changed (RFC 9670 §3).</summary>
internal sealed class ShareNotificationSet() : JmapSetMethod("ShareNotification/set", JmapCapabilities.Principals)
{
    protected override ValueTask<JmapSetObjects> OpenAsync(JmapCall call, JmapAccount account, CancellationToken cancel) => new(new Notifications(call, account));

    private sealed class Notifications(JmapCall call, JmapAccount account) : JmapSetObjects
    {
        public override ValueTask<string> StateAsync(CancellationToken cancel) => ShareNotificationType.Instance.StateAsync(call, account, cancel);

        public override ValueTask<JmapCreated> CreateAsync(string creationId, JsonElement value, CancellationToken cancel) => throw Forbidden();

        public override async ValueTask<Action<Utf8JsonWriter>?> UpdateAsync(string id, JmapPatch patch, CancellationToken cancel) =>
            throw ((await call.Services.Store.Directory.ListShareNoticesAsync(account.Id, cancel)).Any(one => ShareNotificationType.IdOf(one) == id) ? Forbidden() : new JmapSetException(JmapSetError.NotFound));

        public override async ValueTask DestroyAsync(string id, CancellationToken cancel)
        {
            if (!JmapIds.Try(id, 'n', out var number) || !await call.Services.Store.Directory.RemoveShareNoticeAsync(account.Id, number, cancel))
                throw new JmapSetException(JmapSetError.NotFound);
        }

        private static JmapSetException Forbidden() => new(new JmapSetError("forbidden", "the server makes them"));
    }
}
