using Facteur.Storage.Emails;
using Facteur.Storage.Embedded.Writing;

namespace Facteur.Storage.Embedded.Uploads;

/// <summary>Uploads: their octets lie where those of messages lie, a row each refers to them.</summary>
internal sealed class EmbeddedUploads(EmbeddedStore store) : UploadStore
{
    public override UploadIntake Begin(UploadOwner owner, long? sizeHint) => new Intake(store, owner, sizeHint);

    public override async ValueTask<UploadRecord?> ReferAsync(UploadOwner owner, BodyReference body, string type, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(type.Length, MaxTypeLength);
        return await store.WriteAsync(
            session =>
            {
                UploadRows.Check(session, owner, body.Size);
                return Bodies.Refer(session, body.Blob) is { } size ? UploadRows.Add(session, owner, body.Blob, size, type) : null;
            },
            grows: true, cancel);
    }

    public override ValueTask<UploadRecord?> FindAsync(UploadOwner owner, UploadId upload, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(store.Read(reader => UploadRows.Find(reader, owner, upload)));
    }

    public override async ValueTask<int> PurgeAsync(DateTimeOffset createdBefore, int max, CancellationToken cancel) =>
        await store.WriteAsync(session => UploadRows.Purge(session, createdBefore.ToUnixTimeMilliseconds(), max), grows: false, cancel);

    private sealed class Intake(EmbeddedStore store, UploadOwner owner, long? sizeHint) : UploadIntake
    {
        private readonly BodyIntake octets = new(store, sizeHint);
        private bool complete;

        public override long Length => octets.Length;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> octets, CancellationToken cancel)
        {
            cancel.ThrowIfCancellationRequested();
            if (complete) throw new InvalidOperationException("the upload has ended");
            this.octets.Write(octets.Span);
            return ValueTask.CompletedTask;
        }

        public override async ValueTask<UploadRecord> CompleteAsync(string type, CancellationToken cancel)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(type.Length, MaxTypeLength);
            if (complete) throw new InvalidOperationException("the upload has ended");
            octets.Complete(default);
            complete = true;
            return await store.WriteAsync(
                session =>
                {
                    UploadRows.Check(session, owner, octets.Length);
                    Bodies.Insert(session, octets, refs: 1);
                    session.AfterCommit.Add(octets.Keep);
                    return UploadRows.Add(session, owner, octets.Blob, octets.Length, type);
                },
                grows: true, cancel);
        }

        public override ValueTask DisposeAsync()
        {
            octets.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
