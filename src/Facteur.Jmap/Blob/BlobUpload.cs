using System.Text.Json;
using Facteur.Jmap.Blob;
using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>Blob/upload: blobs made of text, base64 and pieces of other blobs within a request (RFC 9404 §4.1).</summary>
internal sealed class BlobUpload() : JmapMethod("Blob/upload", JmapCapabilities.Blob)
{
    /// <summary>Uploads that wait for one commit: each holds a buffer.</summary>
    private const int MaxTogether = 64;

    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        var account = await call.AccountAsync(write: true, cancel);
        JmapArguments.Only(call.Arguments, "accountId", "create");
        var create = JmapArguments.Object(call.Arguments, "create") ?? throw JmapMethodException.InvalidArguments("create is missing");
        if (create.EnumerateObject().Count() > call.Services.Limits.MaxObjectsInSet) throw new JmapMethodException("requestTooLarge", "more objects than maxObjectsInSet");
        var created = new Dictionary<string, UploadRecord>(StringComparer.Ordinal);
        var notCreated = new Dictionary<string, JmapSetError>(StringComparer.Ordinal);
        await using var waiting = new Waiting(call, created, notCreated);
        foreach (var one in create.EnumerateObject())
        {
            if (!JmapSetArguments.IsId(one.Name)) throw JmapMethodException.InvalidArguments("create has a creation id that is not an Id");
            // One that may be made of another has to wait for it.
            if (waiting.Count == MaxTogether || BlobSources.HasReference(one.Value)) await waiting.FinishAsync();
            try
            {
                waiting.Add(one.Name, await BlobSources.ReadAsync(call, account, one.Value, cancel), cancel);
            }
            catch (Exception e) when (e is StoreFullException || JmapSetError.TryOf(e, out _))
            {
                notCreated[one.Name] = ErrorOf(e);
            }
        }
        await waiting.FinishAsync();
        Write(call, account, created, notCreated);
    }

    private static JmapSetError ErrorOf(Exception e) => e is StoreFullException ? new JmapSetError("overQuota", "the server has no room") : JmapSetError.TryOf(e, out var error) ? error : throw e;

    private static void Write(JmapCall call, JmapAccount account, Dictionary<string, UploadRecord> created, Dictionary<string, JmapSetError> notCreated)
    {
        var writer = call.Answer;
        writer.WriteStartObject();
        writer.WriteString("accountId"u8, JmapIds.Of(account.Id));
        if (created.Count == 0)
        {
            writer.WriteNull("created"u8);
        }
        else
        {
            writer.WriteStartObject("created"u8);
            foreach (var (creationId, upload) in created)
            {
                writer.WriteStartObject(creationId);
                writer.WriteString("id"u8, JmapBlobId.Of(upload.Id).ToString());
                writer.WriteString("type"u8, upload.Type);
                writer.WriteNumber("size"u8, upload.Body.Size);
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
        }
        JmapSetErrors.Write(writer, "notCreated", notCreated);
        writer.WriteEndObject();
    }

    /// <summary>Uploads on their way to the disk, in one commit as far as they come together.</summary>
    private sealed class Waiting(JmapCall call, Dictionary<string, UploadRecord> created, Dictionary<string, JmapSetError> notCreated) : IAsyncDisposable
    {
        private readonly List<(string CreationId, UploadIntake Intake, Task<UploadRecord> Done)> running = [];

        public int Count => running.Count;

        public void Add(string creationId, (UploadIntake Intake, string Type) read, CancellationToken cancel) =>
            running.Add((creationId, read.Intake, read.Intake.CompleteAsync(read.Type, cancel).AsTask()));

        public async ValueTask FinishAsync()
        {
            foreach (var (creationId, intake, done) in running)
                try
                {
                    var upload = await done;
                    created[creationId] = upload;
                    call.Request.Created(creationId, JmapBlobId.Of(upload.Id).ToString());
                }
                catch (Exception e) when (e is StoreFullException || JmapSetError.TryOf(e, out _))
                {
                    notCreated[creationId] = ErrorOf(e);
                }
            await DisposeAsync();
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var (_, intake, done) in running)
            {
                await ((Task)done).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await intake.DisposeAsync();
            }
            running.Clear();
        }
    }
}
