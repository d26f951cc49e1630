using Facteur.Mail;
using Facteur.Storage;

namespace Facteur.Imap.Messages;

/// <summary>
/// The octets of one message after the other. Once a literal is announced its length cannot be taken back: where a message turns
/// out damaged, blanks stand for the octets that cannot be read, and <see cref="Damage"/> makes the command end with NO, so that
/// one broken message does not cost a client its connection at each try.
/// </summary>
internal sealed class SteadyBody(MailStore store) : IMessageSource
{
    private MessageBody? body;

    /// <summary>The first damage met since the command began.</summary>
    public Exception? Damage { get; private set; }

    public bool IsOpen { get; private set; }

    /// <summary>False when the message was purged meanwhile or cannot be read at all.</summary>
    public bool IsThere => body is not null;

    public long Length => body?.Length ?? 0;

    public async ValueTask OpenAsync(BodyReference reference, CancellationToken cancel)
    {
        IsOpen = true;
        try
        {
            body = await store.OpenBodyAsync(reference, cancel);
        }
        catch (DamagedMessageException e)
        {
            Damage ??= e;
        }
    }

    /// <summary>Always answers all octets asked for.</summary>
    public async ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancel)
    {
        var read = 0;
        try
        {
            read = body is null ? 0 : await body.ReadAsync(offset, buffer, cancel);
            if (read <= 0) throw new DamagedMessageException("the message is shorter than was measured");
        }
        catch (DamagedMessageException e)
        {
            Damage ??= e;
            buffer.Span.Fill((byte)' ');
            return buffer.Length;
        }
        return read;
    }

    /// <summary>Something else about the message is damaged.</summary>
    public void Report(Exception damage) => Damage ??= damage;

    /// <summary>Lets go of the message.</summary>
    public ValueTask CloseAsync()
    {
        IsOpen = false;
        var open = body;
        body = null;
        return open?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
