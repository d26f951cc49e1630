using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Facteur.Mail;

namespace Facteur.Jmap;

/// <summary>Blob/get: octets of blobs within the answer, their size and digests (RFC 9404 §4.2). Blobs never change: there is no state.</summary>
internal sealed class BlobGet() : JmapMethod("Blob/get", JmapCapabilities.Blob)
{
    private static readonly string[] usual = ["data", "size"];

    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        var account = await call.AccountAsync(write: false, cancel);
        JmapArguments.Only(call.Arguments, "accountId", "ids", "properties", "offset", "length");
        var ids = JmapGet.Ids(call) ?? throw JmapMethodException.InvalidArguments("ids is missing: blobs are not listed");
        var wanted = new Wanted(call);
        using var digests = new BlobDigests(wanted.Properties);
        var notFound = new List<string>();
        var writer = call.Answer;
        writer.WriteStartObject();
        writer.WriteString("accountId"u8, JmapIds.Of(account.Id));
        writer.WriteStartArray("list"u8);
        foreach (var sent in ids)
        {
            var id = call.Request.ResolveId(sent);
            await using var blob = JmapBlobId.TryParse(id, out var parsed) ? await JmapBlobs.OpenAsync(call, account, parsed, cancel) : null;
            if (blob is null) notFound.Add(sent);
            else await WriteAsync(writer, id!, blob, wanted, digests, cancel);
        }
        JmapGet.End(call, notFound);
    }

    private static async ValueTask WriteAsync(Utf8JsonWriter writer, string id, JmapBlobContent blob, Wanted wanted, BlobDigests digests, CancellationToken cancel)
    {
        var start = Math.Min(wanted.Offset, blob.Length);
        var length = Math.Min(wanted.Length ?? blob.Length, blob.Length - start);
        writer.WriteStartObject();
        writer.WriteString("id"u8, id);
        if (wanted.Properties.Contains("size")) writer.WriteNumber("size"u8, blob.Length);
        if (wanted.HasData) await WriteDataAsync(writer, blob, start, wanted.Take(length), wanted, digests, cancel);
        else if (!digests.IsEmpty) await DigestAsync(blob, start, length, digests, cancel);
        digests.Write(writer);
        // More was asked for than there is.
        if (wanted.Offset > blob.Length || wanted.Length > length) writer.WriteBoolean("isTruncated"u8, true);
        writer.WriteEndObject();
    }

    private static async ValueTask WriteDataAsync(Utf8JsonWriter writer, JmapBlobContent blob, long start, int length, Wanted wanted, BlobDigests digests, CancellationToken cancel)
    {
        var octets = ArrayPool<byte>.Shared.Rent(Math.Max(length, 1));
        try
        {
            for (var at = 0; at < length;)
            {
                var read = await blob.Source.ReadAsync(start + at, octets.AsMemory(at, length - at), cancel);
                if (read == 0) throw new EndOfStreamException("the blob is shorter than its length");
                at += read;
            }
            digests.Add(octets.AsSpan(0, length));
            WriteData(writer, octets.AsSpan(0, length), wanted);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(octets);
        }
    }

    private static void WriteData(Utf8JsonWriter writer, ReadOnlySpan<byte> octets, Wanted wanted)
    {
        var isText = Utf8.IsValid(octets);
        if (wanted.Text || wanted.Either && isText)
        {
            if (isText) writer.WriteString("data:asText"u8, octets);
            else writer.WriteNull("data:asText"u8);
        }
        if (wanted.Base64 || wanted.Either && !isText) writer.WriteBase64String("data:asBase64"u8, octets);
        if (!isText && (wanted.Text || wanted.Either)) writer.WriteBoolean("isEncodingProblem"u8, true);
    }

    private static async ValueTask DigestAsync(JmapBlobContent blob, long start, long length, BlobDigests digests, CancellationToken cancel)
    {
        await foreach (var piece in blob.Source.PiecesAsync(start, length, cancel)) digests.Add(piece.Span);
    }

    /// <summary>What of each blob is asked for.</summary>
    private sealed class Wanted
    {
        private long left = BlobLimits.MaxDataInAnswer;

        public Wanted(JmapCall call)
        {
            Properties = [.. JmapArguments.Strings(call.Arguments, "properties") ?? [.. usual]];
            foreach (var property in Properties)
                if (property is not ("id" or "size" or "data" or "data:asText" or "data:asBase64") && !BlobDigests.IsDigest(property))
                    throw JmapMethodException.InvalidArguments($"{property} is not a property of a blob");
            Offset = JmapArguments.UnsignedInt(call.Arguments, "offset") ?? 0;
            Length = JmapArguments.UnsignedInt(call.Arguments, "length");
        }

        public HashSet<string> Properties { get; }
        public long Offset { get; }

        /// <summary>Null: to the end.</summary>
        public long? Length { get; }
        public bool Either => Properties.Contains("data");
        public bool Text => Properties.Contains("data:asText");
        public bool Base64 => Properties.Contains("data:asBase64");
        public bool HasData => Either || Text || Base64;

        /// <summary>Counts octets against what one answer may hold.</summary>
        public int Take(long octets)
        {
            left -= octets;
            return left >= 0 ? (int)octets : throw new JmapMethodException("requestTooLarge", $"more than {BlobLimits.MaxDataInAnswer} octets of blobs: ask for less, or download them");
        }
    }
}
