using System.Buffers.Binary;

namespace Facteur.Mail;

/// <summary>
/// Reads a message as it streams by and answers its facts; holds no body. The message may be cut anywhere between calls:
/// the facts are the same. Nothing a sender can write makes it throw, and its time is linear in the octets.
/// </summary>
// A line ends with LF, with or without CR before it (RFC 5322 §2.3 wants both; LF alone is met in imported mail); CR alone ends
// nothing. Structure is decided at the start of a line only, and only on its first octets: the loop looks for those with
// vectorised searches and leaves everything about parts to PartTree.
public sealed class MimeParser
{
    /// <summary>Octets of a line that are looked at to tell what it is; longer than any boundary (RFC 2046 §5.1.1 allows 70).</summary>
    internal const int MaxLineStart = 1024;

    private readonly PartTree tree;
    private readonly HeaderBlock header;
    private readonly PreviewTap tap;
    private readonly DecodedLengthTap lengths = new();
    private byte[] pending = [];
    private int pendingLength;
    private Place place = Place.Header;
    private bool atLineStart = true;
    private bool isComplete;

    // What was taken so far: its length, its line ends, its last four octets (the last one lowest).
    private long position;
    private long lineEnds;
    private uint tail;

    public MimeParser(MimeLimits limits)
    {
        tree = new PartTree(limits);
        header = new HeaderBlock(limits.MaxHeaderOctets);
        tap = new PreviewTap(limits.PreviewCharacters);
        tree.BeginMessage(0);
    }

    /// <summary>Where the next octet stands.</summary>
    private enum Place : byte
    {
        Header,
        /// <summary>A body, a preamble or an epilogue.</summary>
        Body,
        /// <summary>The rest of a boundary line before a part.</summary>
        Delimiter,
        /// <summary>The rest of a boundary line after the last part.</summary>
        CloseDelimiter,
    }

    /// <summary>Takes the next octets of the message, cut anywhere.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        ObjectDisposedException.ThrowIf(isComplete, this);
        while (!bytes.IsEmpty)
        {
            var taken = place switch
            {
                Place.Header => TakeHeader(bytes),
                Place.Body => TakeBody(bytes),
                _ => TakeDelimiter(bytes),
            };
            bytes = bytes[taken..];
        }
    }

    /// <summary>Ends the message.</summary>
    public MessageFacts Complete()
    {
        ObjectDisposedException.ThrowIf(isComplete, this);
        isComplete = true;
        if (pendingLength > 0)
        {
            var line = pending.AsSpan(0, pendingLength);
            pendingLength = 0;
            OnLineStart(line);
        }
        if (place == Place.Delimiter) BeginPart();
        while (place == Place.Header) EndHeader();
        tree.EndParts(-1, new PartEnd(position, lineEnds, 0, (byte)tail == (byte)'\n'), OnPartEnd);
        return BuildFacts();
    }

    private MessageFacts BuildFacts()
    {
        var structure = new OctetBuffer(1024);
        BodyStructureWriter.Write(tree.Parts, tree.Texts, structure);
        var hasAttachment = AttachmentRule.HasAttachment(tree.Parts);
        var root = tree.Parts[0];
        var facts = new MessageFacts
        {
            Size = position,
            HeaderSize = root.HeaderLength,
            Envelope = tree.Texts.Slice(root.Envelope).ToArray(),
            BodyStructure = structure.Written.ToArray(),
            Parts = PartTable.Serialize(tree.Build()),
            Preview = tap.Preview,
            FoldedHeaders = tree.Facts.Folded,
            Subject = tree.Facts.Subject,
            BaseSubject = BaseSubject.Of(tree.Facts.Subject),
            SentDate = tree.Facts.SentDate,
            MessageId = tree.Facts.MessageId,
            References = tree.Facts.References,
            HasAttachment = hasAttachment,
        };
        structure.Release();
        tree.Texts.Release();
        header.Octets.Release();
        tap.Release();
        return facts;
    }

    private int TakeHeader(ReadOnlySpan<byte> bytes)
    {
        if (atLineStart)
        {
            if (TryLineStart(bytes, out var line, out var taken)) OnLineStart(line);
            return taken;
        }
        var end = bytes.IndexOf((byte)'\n') + 1;
        atLineStart = end > 0;
        var rest = atLineStart ? bytes[..end] : bytes;
        header.Append(rest);
        Advance(rest);
        return rest.Length;
    }

    private int TakeBody(ReadOnlySpan<byte> bytes)
    {
        if (tree.Boundaries.IsEmpty)
        {
            Advance(bytes);
            return bytes.Length;
        }
        if (atLineStart && (pendingLength > 0 || MayBeDelimiter(bytes)))
        {
            if (TryLineStart(bytes, out var line, out var taken)) OnLineStart(line);
            return taken;
        }
        var at = bytes.IndexOf("\n--"u8);
        var length = at >= 0 ? at + 1 : bytes.EndsWith("\n-"u8) ? bytes.Length - 1 : bytes.Length;
        atLineStart = bytes[length - 1] == (byte)'\n';
        Advance(bytes[..length]);
        return length;
    }

    private int TakeDelimiter(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)'\n') + 1;
        var rest = end > 0 ? bytes[..end] : bytes;
        Advance(rest);
        if (end > 0) EndDelimiter();
        return rest.Length;
    }

    /// <summary>
    /// Gives the start of a line to decide on: all of it with its line end, or its first <see cref="MaxLineStart"/> octets.
    /// A line cut by the end of <paramref name="bytes"/> is kept until it is that long.
    /// </summary>
    private bool TryLineStart(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> line, out int taken)
    {
        var room = MaxLineStart - pendingLength;
        var seen = bytes.Length > room ? bytes[..room] : bytes;
        var end = seen.IndexOf((byte)'\n') + 1;
        taken = end > 0 ? end : seen.Length;
        var isDecided = end > 0 || taken == room;
        if (pendingLength == 0 && isDecided)
        {
            line = seen[..taken];
            return true;
        }
        if (pending.Length == 0) pending = new byte[MaxLineStart];
        seen[..taken].CopyTo(pending.AsSpan(pendingLength));
        pendingLength += taken;
        line = pending.AsSpan(0, pendingLength);
        if (isDecided) pendingLength = 0;
        return isDecided;
    }

    /// <summary>Decides what a line is; none of its octets was taken yet.</summary>
    private void OnLineStart(ReadOnlySpan<byte> line)
    {
        var isWhole = line[^1] == (byte)'\n';
        if (!tree.Boundaries.IsEmpty && line.StartsWith("--"u8) && tree.Boundaries.Match(line, out var isClose) is >= 0 and var level)
        {
            OnDelimiter(level, isClose);
            Advance(line);
            if (isWhole) EndDelimiter();
            return;
        }
        atLineStart = isWhole;
        if (place == Place.Header && !HeaderFields.IsEmptyLine(line)) header.AppendLine(line);
        Advance(line);
        if (place == Place.Header && HeaderFields.IsEmptyLine(line)) EndHeader();
    }

    private void OnDelimiter(int level, bool isClose)
    {
        // A header that a boundary cuts short ends there, without a body.
        while (place == Place.Header) EndHeader();
        var breakLength = (byte)tail != (byte)'\n' ? 0 : (byte)(tail >> 8) == (byte)'\r' ? 2 : 1;
        var before = (byte)(tail >> 8 * breakLength);
        tree.EndParts(level, new PartEnd(position, lineEnds, breakLength, before == (byte)'\n'), OnPartEnd);
        if (isClose) tree.Close(level);
        place = isClose ? Place.CloseDelimiter : Place.Delimiter;
    }

    private void EndDelimiter()
    {
        atLineStart = true;
        if (place == Place.Delimiter) BeginPart();
        else place = Place.Body;
    }

    private void BeginPart()
    {
        place = tree.BeginPart(position, lineEnds) ? Place.Header : Place.Body;
        header.Clear();
    }

    private void EndHeader()
    {
        atLineStart = true;
        place = tree.EndHeader(header.Octets, position, lineEnds) ? Place.Header : Place.Body;
        header.Clear();
        if (place != Place.Body) return;
        tap.Begin(tree.Current);
        lengths.Begin(tree.Current);
    }

    private void OnPartEnd(PartNode part)
    {
        tap.End(part);
        lengths.End(part);
    }

    private void Advance(ReadOnlySpan<byte> bytes)
    {
        if (place == Place.Body)
        {
            tap.Take(bytes);
            lengths.Take(bytes);
        }
        position += bytes.Length;
        lineEnds += bytes.Count((byte)'\n');
        if (bytes.Length >= 4) tail = BinaryPrimitives.ReadUInt32BigEndian(bytes[^4..]);
        else
            foreach (var octet in bytes) tail = tail << 8 | octet;
    }

    private static bool MayBeDelimiter(ReadOnlySpan<byte> bytes) =>
        bytes[0] == (byte)'-' && (bytes.Length == 1 || bytes[1] == (byte)'-');
}
