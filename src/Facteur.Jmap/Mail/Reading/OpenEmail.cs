using Facteur.Mail;

namespace Facteur.Jmap;

/// <summary>
/// The octets of one message, opened when something of it is needed and not before. A message that is damaged, or that was purged meanwhile, reads as if
/// it ended there: one of them must not cost a client all the others of its call.
/// </summary>
internal sealed class OpenEmail(Func<CancellationToken, ValueTask<IMessageSource?>> open, Func<ValueTask> close) : IMessageSource, IAsyncDisposable
{
    /// <summary>Octets of one header that are looked at.</summary>
    private const int MaxHeaderOctets = 2 * 1024 * 1024;

    private IMessageSource? source;
    private bool isOpen;

    /// <summary>Not all octets asked for could be read.</summary>
    public bool IsDamaged { get; private set; }

    public long Length => source?.Length ?? 0;

    public async ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancel)
    {
        try
        {
            if (!isOpen) source = await open(cancel);
            isOpen = true;
            if (source is not null) return await source.ReadAsync(offset, buffer, cancel);
        }
        catch (Facteur.Storage.DamagedMessageException)
        {
            isOpen = true;
        }
        IsDamaged = true;
        return 0;
    }

    /// <summary>Reads a header; what is past the bound is not looked at.</summary>
    public async ValueTask<HeaderValues> ReadHeaderAsync(long offset, long length, HeaderSet wanted, CancellationToken cancel)
    {
        var block = new byte[Math.Min(length, MaxHeaderOctets)];
        var filled = 0;
        for (int read; filled < block.Length && (read = await ReadAsync(offset + filled, block.AsMemory(filled), cancel)) > 0; filled += read)
        {
        }
        return new HeaderValues(block.AsMemory(0, filled), wanted);
    }

    public ValueTask DisposeAsync() => isOpen ? close() : ValueTask.CompletedTask;
}
