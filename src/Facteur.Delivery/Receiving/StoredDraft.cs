using System.Buffers;
using System.Text;
using Facteur.Delivery.Queue;
using Facteur.Mail;
using Facteur.Storage;

namespace Facteur.Delivery.Receiving;

/// <summary>
/// A message that is to be sent, of the store or written just now: read as it leaves, without fields that are not for recipients (Bcc: RFC 8621 §7.5; Return-Path: RFC 5321
/// §4.4) and with the line ends of the wire (RFC 5321 §2.3.8), whatever it was stored with.
/// </summary>
public sealed class StoredDraft : IAsyncDisposable
{
    /// <summary>Octets of a header that is sent; mail has a hundredth of it.</summary>
    public const int MaxHeader = 256 * 1024;


    private readonly IMessageSource body;

    private StoredDraft(IMessageSource body, ReadOnlyMemory<byte> header) => (this.body, Header) = (body, header);

    /// <summary>The header as it is stored, with the empty line behind it; of one that is too long its start.</summary>
    public ReadOnlyMemory<byte> Header { get; }

    public bool IsHeaderTooLong => Header.Length > MaxHeader;

    /// <summary>Octets as stored.</summary>
    public long Length => body.Length;

    /// <summary>Null when the message is gone.</summary>
    public static async ValueTask<StoredDraft?> OpenAsync(MailStore store, BodyReference reference, CancellationToken cancel)
    {
        if (await store.OpenBodyAsync(reference, cancel) is not { } body) return null;
        try
        {
            return await OpenAsync(body, cancel);
        }
        catch
        {
            await body.DisposeAsync();
            throw;
        }
    }

    /// <summary>A message in memory.</summary>
    public static ValueTask<StoredDraft> OpenAsync(ReadOnlyMemory<byte> message, CancellationToken cancel) => OpenAsync(new MemoryMessage(message), cancel);

    /// <summary>What of the transport it needs: 8BITMIME for octets beyond ASCII, SMTPUTF8 for such in its header (RFC 6152 §3, RFC 6531 §3.4).</summary>
    public async ValueTask<(BodyType Body, bool NeedsUtf8)> LookAsync(CancellationToken cancel)
    {
        if (!Ascii.IsValid(Header.Span)) return (BodyType.EightBitMime, true);
        await foreach (var piece in body.PiecesAsync(Header.Length, cancel))
            if (!Ascii.IsValid(piece.Span)) return (BodyType.EightBitMime, false);
        return (BodyType.SevenBit, false);
    }

    /// <summary>Writes it as it leaves, until nobody wants more.</summary>
    /// <param name="write">Takes the next octets; false: no more are wanted.</param>
    public async ValueTask WriteAsync(Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<bool>> write, CancellationToken cancel)
    {
        var ends = new LineEnds();
        var output = new ArrayBufferWriter<byte>(MessagePieces.Step * 2);
        WriteHeader(ends, output);
        await foreach (var piece in body.PiecesAsync(Header.Length, cancel))
        {
            if (!await write(output.WrittenMemory, cancel)) return;
            output.ResetWrittenCount();
            ends.Write(piece.Span, output);
        }
        ends.Complete(output);
        if (output.WrittenCount > 0) await write(output.WrittenMemory, cancel);
    }

    public ValueTask DisposeAsync() => body is IAsyncDisposable open ? open.DisposeAsync() : default;

    /// <summary>Closed with the draft, if it is something to close.</summary>
    internal static async ValueTask<StoredDraft> OpenAsync(IMessageSource body, CancellationToken cancel)
    {
        var start = new byte[(int)Math.Min(body.Length, MaxHeader + 1)];
        var read = 0;
        while (read < start.Length && await body.ReadAsync(read, start.AsMemory(read), cancel) is var step and > 0) read += step;
        return new StoredDraft(body, start.AsMemory(0, HeaderLength(start.AsSpan(0, read))));
    }

    private void WriteHeader(LineEnds ends, ArrayBufferWriter<byte> output)
    {
        foreach (var field in new HeaderFields(Header.Span))
            if (!field.Name.IsEmpty && !IsOurs(field)) ends.Write(field.Raw, output);
        ends.EndLine(output);
        output.Write("\r\n"u8);
    }

    // Resent-Bcc says of a message sent on what Bcc says of one (RFC 5322 §3.6.6).
    private static bool IsOurs(HeaderField field) => field.Is("Bcc"u8) || field.Is("Resent-Bcc"u8) || field.Is("Return-Path"u8);

    /// <summary>Octets up to and with the empty line; all of them when there is none.</summary>
    private static int HeaderLength(ReadOnlySpan<byte> start)
    {
        var at = 0;
        while (at < start.Length)
        {
            if (start[at] == '\n') return at + 1;
            if (start[at..].StartsWith("\r\n"u8)) return at + 2;
            var end = start[at..].IndexOf((byte)'\n');
            if (end < 0) break;
            at += end + 1;
        }
        return start.Length;
    }
}

/// <summary>Makes every line end CR LF: neither may stand alone on the wire (RFC 5321 §2.3.8). Input may be cut anywhere.</summary>
internal sealed class LineEnds
{
    private bool afterReturn;
    private bool inLine;

    public void Write(ReadOnlySpan<byte> octets, IBufferWriter<byte> output)
    {
        while (!octets.IsEmpty)
        {
            if (afterReturn)
            {
                afterReturn = false;
                End(output);
                if (octets[0] == '\n') octets = octets[1..];
                continue;
            }
            var end = octets.IndexOfAny((byte)'\r', (byte)'\n');
            var line = end < 0 ? octets : octets[..end];
            output.Write(line);
            inLine |= !line.IsEmpty;
            if (end < 0) return;
            if (octets[end] == '\r') afterReturn = true;
            else End(output);
            octets = octets[(end + 1)..];
        }
    }

    /// <summary>Ends a line that goes on; one that has ended stays so.</summary>
    public void EndLine(IBufferWriter<byte> output)
    {
        if (afterReturn || inLine) End(output);
        afterReturn = false;
    }

    /// <summary>Nothing follows.</summary>
    public void Complete(IBufferWriter<byte> output)
    {
        if (afterReturn) End(output);
        afterReturn = false;
    }

    private void End(IBufferWriter<byte> output)
    {
        output.Write("\r\n"u8);
        inLine = false;
    }
}
