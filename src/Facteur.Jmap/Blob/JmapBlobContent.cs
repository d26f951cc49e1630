using Facteur.Mail;
using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>The octets of a blob, held against deletion until disposed; read by range, by one reader at a time.</summary>
/// <param name="source">The octets; its length is that of the blob.</param>
/// <param name="type">Media type as the message or the uploader names it, in lower case; never trusted.</param>
/// <param name="name">File name, or null.</param>
/// <param name="held">What has to be let go of in the end.</param>
internal sealed class JmapBlobContent(IMessageSource source, string type, string? name, IAsyncDisposable held) : IAsyncDisposable
{
    public IMessageSource Source { get; } = source;

    public long Length => Source.Length;

    public string Type { get; } = type;

    public string? Name { get; } = name;

    /// <summary>Where it is stored, when it is as it is; null for what is decoded.</summary>
    public BodyReference? Stored { get; init; }

    public ValueTask DisposeAsync() => held.DisposeAsync();
}
