using System.Buffers;
using Facteur.Mail;
using Facteur.Storage;

namespace Facteur.Imap.Messages;

/// <summary>Writes the items of one message that need its octets: BODY[...], RFC822..., BINARY[...], BINARY.SIZE[...].</summary>
internal sealed class FetchBody(ImapSession session) : IAsyncDisposable
{
    /// <summary>A section up to this size is filtered in memory, once; a larger one is read twice, to know its length first.</summary>
    private const int InMemoryOctets = 64 * 1024;

    private readonly ImapWriter writer = session.Writer;
    private readonly SteadyBody body = new(session.Store);
    private readonly ArrayBufferWriter<byte> filtered = new();
    private MessagePart? root;

    /// <summary>A part could not be decoded; the command ends with NO [UNKNOWN-CTE] (RFC 3516 §4.3).</summary>
    public bool UnknownEncoding { get; private set; }

    /// <summary>Why a message, or a part of one, could not be read; the command ends with it.</summary>
    public Exception? Damage => body.Damage;

    /// <summary>Writes an item of the message that <paramref name="email"/> stands at.</summary>
    public async ValueTask WriteAsync(FetchItem item, EmailReader email, CancellationToken cancel)
    {
        if (!body.IsOpen) await body.OpenAsync(email.Body, cancel);
        writer.Raw(item.Label.Span);
        var section = item.Section!;
        if (!body.IsThere) WriteMissing(item);
        else if (section.IsWholeMessage && item.Kind != FetchKind.BinarySize) await WriteAsync(item, new ByteRange(0, body.Length), cancel);
        else if (!TryFind(item, email, out var range)) WriteMissing(item);
        else if (item.Kind != FetchKind.Section) await WriteBinaryAsync(item, section.FindPart(root!), cancel);
        else if (section.Fields is null) await WriteAsync(item, range, cancel);
        else await WriteFilteredAsync(item, range, default, cancel);
    }

    /// <summary>Where the section stands. The header of the message is found without reading of its parts.</summary>
    private bool TryFind(FetchItem item, EmailReader email, out ByteRange range)
    {
        range = default;
        try
        {
            if (item.Kind == FetchKind.Section && item.Section!.IsMessageHeader)
            {
                range = new ByteRange(0, PartTable.HeaderLength(email.Parts));
                return true;
            }
            root ??= PartTable.Parse(email.Parts);
        }
        catch (InvalidDataException e)
        {
            body.Report(e);
            return false;
        }
        if (item.Kind != FetchKind.Section) return true;
        var found = item.Section!.Find(root);
        range = found ?? default;
        return found is not null;
    }

    /// <summary>Lets go of the message.</summary>
    public ValueTask CloseAsync()
    {
        root = null;
        return body.CloseAsync();
    }

    public ValueTask DisposeAsync() => CloseAsync();

    private void WriteMissing(FetchItem item)
    {
        if (item.Kind == FetchKind.BinarySize) writer.Number(0); // its grammar knows no NIL (RFC 9051 §9 "msg-att-static")
        else writer.Nil();
    }

    private ValueTask WriteBinaryAsync(FetchItem item, MessagePart? part, CancellationToken cancel)
    {
        var isMessage = item.Section!.Path.Count == 0;
        if (isMessage) part = root;
        if (part is null)
        {
            WriteMissing(item);
            return ValueTask.CompletedTask;
        }
        if (part.Encoding == TransferEncoding.Unknown && !isMessage)
        {
            UnknownEncoding = true;
            WriteMissing(item);
            return ValueTask.CompletedTask;
        }
        var range = isMessage ? new ByteRange(0, body.Length) : new ByteRange(part.BodyOffset, part.BodyLength);
        // Only leaves have an encoding of their own (RFC 2045 §6.4).
        var encoding = isMessage || part.IsMultipart || part.IsMessage ? TransferEncoding.Binary : part.Encoding;
        if (encoding is TransferEncoding.Base64 or TransferEncoding.QuotedPrintable or TransferEncoding.UuEncode)
        {
            if (item.Kind != FetchKind.BinarySize || part.DecodedLength is not { } decoded) return WriteFilteredAsync(item, range, encoding, cancel);
            writer.Number(decoded);
            return ValueTask.CompletedTask;
        }
        if (item.Kind == FetchKind.Binary) return WriteAsync(item, range, cancel);
        writer.Number(range.Length);
        return ValueTask.CompletedTask;
    }

    /// <summary>Writes octets as they stand.</summary>
    private ValueTask WriteAsync(FetchItem item, ByteRange range, CancellationToken cancel)
    {
        var (first, octets) = Window(item, range.Length);
        BeginLiteral(item, octets);
        return writer.CopyAsync(body, range.Offset + first, octets, item.Kind == FetchKind.Binary, cancel);
    }

    private async ValueTask WriteFilteredAsync(FetchItem item, ByteRange range, TransferEncoding encoding, CancellationToken cancel)
    {
        if (range.Length <= InMemoryOctets)
        {
            filtered.ResetWrittenCount();
            await FilterAsync(range, NewFilter(item, encoding), filtered, cancel);
            WriteFiltered(item);
            return;
        }
        var measure = new OctetWindow(null, 0, 0);
        await FilterAsync(range, NewFilter(item, encoding), measure, cancel);
        if (item.Kind == FetchKind.BinarySize)
        {
            writer.Number(measure.Written);
            return;
        }
        var (first, octets) = Window(item, measure.Written);
        BeginLiteral(item, octets);
        await FilterAsync(range, NewFilter(item, encoding), new OctetWindow(writer, first, octets), cancel);
    }

    private void WriteFiltered(FetchItem item)
    {
        if (item.Kind == FetchKind.BinarySize)
        {
            writer.Number(filtered.WrittenCount);
            return;
        }
        var (first, octets) = Window(item, filtered.WrittenCount);
        BeginLiteral(item, octets);
        writer.Raw(filtered.WrittenSpan.Slice((int)first, (int)octets));
    }

    private async ValueTask FilterAsync(ByteRange range, OctetFilter filter, IBufferWriter<byte> output, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(range.Length, 1, 16 * 1024));
        try
        {
            for (var (at, end) = (range.Offset, range.Offset + range.Length); at < end;)
            {
                var read = await body.ReadAsync(at, buffer.AsMemory(0, (int)Math.Min(buffer.Length, end - at)), cancel);
                filter.Write(buffer.AsSpan(0, read), output);
                at += read;
                await writer.FlushIfFullAsync();
            }
            filter.Complete(output);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static OctetFilter NewFilter(FetchItem item, TransferEncoding encoding) => item.Section!.Fields is { } fields
        ? new HeaderFieldFilter(fields, item.Section.Text == SectionText.HeaderFields)
        : new DecodingFilter(encoding);

    /// <summary>What of <paramref name="length"/> octets was asked for; nothing past the end (RFC 9051 §6.4.5).</summary>
    private static (long First, long Octets) Window(FetchItem item, long length)
    {
        if (item.Partial is not { } partial) return (0, length);
        var first = Math.Min(partial.First, length);
        return (first, Math.Min(partial.Octets, length - first));
    }

    private void BeginLiteral(FetchItem item, long octets)
    {
        if (item.Kind == FetchKind.Binary) writer.BeginLiteral8(octets); // may hold NUL (RFC 3516 §4.2)
        else writer.BeginLiteral(octets);
    }
}
