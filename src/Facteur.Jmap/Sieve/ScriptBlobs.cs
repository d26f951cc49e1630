using Facteur.Mail;
using Facteur.Sieve.Scripts;
using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>What scripts say, as blobs (RFC 9661 §2).</summary>
internal static class ScriptBlobs
{
    public const string MediaType = "application/sieve";

    /// <summary>Opens a script of the account by the number of its content; null when none says that any more.</summary>
    public static async ValueTask<JmapBlobContent?> OpenAsync(JmapServices services, AccountId account, long content, CancellationToken cancel)
    {
        if (services.Delivery is null) return null;
        var owner = SettingScope.Of(account);
        var script = (await services.Scripts.ListAsync(owner, cancel)).Scripts.FirstOrDefault(one => one.Content == content);
        if (script is null || await services.Scripts.ReadAsync(owner, script, cancel) is not { } octets) return null;
        var source = new Octets(octets);
        return new JmapBlobContent(source, MediaType, script.Name + ".sieve", source);
    }

    /// <summary>The octets of a blob that is to be a script; blobNotFound, or tooLarge for what no script may have.</summary>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(JmapCall call, JmapAccount account, string blobId, CancellationToken cancel)
    {
        await using var blob = JmapBlobId.TryParse(call.Request.ResolveId(blobId), out var id) ? await JmapBlobs.OpenAsync(call, account, id, cancel) : null;
        if (blob is null) throw new JmapSetException(new JmapSetError("blobNotFound") { More = writer => WriteNotFound(writer, blobId) });
        if (blob.Length > call.Services.Scripts.Limits.MaxScriptOctets) throw new JmapSetException(new JmapSetError("tooLarge", $"a script has at most {call.Services.Scripts.Limits.MaxScriptOctets} octets"));
        var octets = new byte[blob.Length];
        for (var at = 0; at < octets.Length;)
        {
            var read = await blob.Source.ReadAsync(at, octets.AsMemory(at), cancel);
            if (read == 0) throw new EndOfStreamException("the blob is shorter than its length");
            at += read;
        }
        return octets;
    }

    // RFC 8621 §4.6 names the blobs that are missing.
    private static void WriteNotFound(System.Text.Json.Utf8JsonWriter writer, string blobId)
    {
        writer.WriteStartArray("notFound"u8);
        writer.WriteStringValue(blobId);
        writer.WriteEndArray();
    }

    private sealed class Octets(ReadOnlyMemory<byte> octets) : IMessageSource, IAsyncDisposable
    {
        public long Length => octets.Length;

        public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancel)
        {
            if (offset >= octets.Length) return new(0);
            var rest = octets[(int)offset..];
            var count = Math.Min(rest.Length, buffer.Length);
            rest[..count].CopyTo(buffer);
            return new(count);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
