using System.Buffers;
using System.IO.Pipelines;

namespace Facteur.Jmap.Http;

/// <summary>The body of a request, whole, in an array of the pool: methods refer back and forth in it.</summary>
internal sealed class RequestBody : IDisposable
{
    private const int First = 16 * 1024;
    private byte[] octets;
    private int length;

    private RequestBody(int size) => octets = ArrayPool<byte>.Shared.Rent(size);

    public ReadOnlyMemory<byte> Memory => octets.AsMemory(0, length);

    /// <summary>Reads to the end; what arrives is kept as it comes, so that nobody reserves by promising.</summary>
    /// <param name="announced">Content-Length, when there is one.</param>
    /// <exception cref="JmapRequestException">It is longer than <paramref name="max"/>.</exception>
    public static async ValueTask<RequestBody> ReadAsync(PipeReader reader, long? announced, int max, CancellationToken cancel)
    {
        if (announced > max) throw RequestObject.TooLarge();
        var body = new RequestBody((int)Math.Min(announced ?? First, First));
        try
        {
            while (true)
            {
                var result = await reader.ReadAsync(cancel);
                var buffer = result.Buffer;
                if (body.length + buffer.Length > max) throw RequestObject.TooLarge();
                body.Add(buffer);
                reader.AdvanceTo(buffer.End);
                if (result.IsCompleted) return body;
            }
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (octets.Length > 0) ArrayPool<byte>.Shared.Return(octets);
        octets = [];
    }

    private void Add(in ReadOnlySequence<byte> more)
    {
        var total = length + (int)more.Length;
        if (total > octets.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(total, 2 * octets.Length));
            octets.AsSpan(0, length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(octets);
            octets = larger;
        }
        more.CopyTo(octets.AsSpan(length));
        length = total;
    }
}
