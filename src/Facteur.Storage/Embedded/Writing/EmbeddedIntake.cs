using Facteur.Mail;

namespace Facteur.Storage.Embedded.Writing;

/// <summary>A message on its way in: the parser sees the octets pass, <see cref="BodyIntake"/> keeps them.</summary>
internal sealed class EmbeddedIntake(EmbeddedStore store, long? sizeHint) : EmbeddedMessage
{
    private readonly MimeParser parser = new(store.Options.MimeLimits);
    private MessageFacts? content;
    private MessageFacts? facts;
    private bool delivered;
    private bool disposed;

    public BodyIntake Octets { get; } = new(store, sizeHint);

    public override long Length => Octets.Length;

    public override long Blob => Octets.Blob;

    public override MessageFacts? Facts => facts;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(disposed, this);
        if (content is not null) throw new InvalidOperationException("the message has ended");
        parser.Write(bytes.Span);
        Octets.Write(bytes.Span);
        return ValueTask.CompletedTask;
    }

    public override ValueTask<int> ReadAsync(long offset, Memory<byte> target, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(disposed, this);
        return new(Octets.Read(offset, target.Span));
    }

    public override ValueTask<MessageFacts> EndAsync(CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        return new(content ??= parser.Complete());
    }

    public override ValueTask<MessageFacts> CompleteAsync(ReadOnlyMemory<byte> prefix, CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prefix.Length, MaxPrefixOctets);
        if (facts is not null) return new(facts);
        content ??= parser.Complete();
        var whole = PrefixedFacts.Of(prefix.Span, content, Octets.Start, store.Options.MimeLimits);
        Octets.Complete(prefix.Span);
        facts = whole ?? ParseAgain();
        return new(facts);
    }

    public override void Claim()
    {
        if (facts is null) throw new InvalidOperationException("the message has not ended");
        ObjectDisposedException.ThrowIf(disposed, this);
        if (delivered) throw new InvalidOperationException("the message was delivered already");
    }

    public override void Delivered()
    {
        delivered = true;
        Octets.Keep();
    }

    public override ValueTask DisposeAsync()
    {
        disposed = true;
        Octets.Dispose();
        return ValueTask.CompletedTask;
    }

    // Rare: the prefix says what the facts hold, or the message is one whose header does not bear moving.
    private MessageFacts ParseAgain()
    {
        var again = new MimeParser(store.Options.MimeLimits);
        Octets.ReadBack(octets => again.Write(octets));
        return again.Complete();
    }
}
