using System.Buffers;
using Facteur.Mail;
using Facteur.Sieve.Running;

namespace Facteur.Sieve.Messages;

/// <summary>
/// The message as a run sees it: what came in, with the changes of the script so far. Header changes stand in the list of lines;
/// changes of the body make a new source out of pieces of the old one, read again for its parts.
/// </summary>
internal sealed class MessageState(SieveMessage message, SieveLimits limits, WorkMeter work)
{
    private readonly Dictionary<long, HeaderLines> partHeaders = [];
    private IMessageSource source = message.Source;
    private HeaderLines header = new(default, true);
    private bool isHeaderEdited, isBodyEdited;
    private int bodyChanges, addedFields;
    private IMessageSource? enclosedVersion;
    private ComposedMessage? edited;
    private bool isEnclosed;

    public MessagePart Root { get; private set; } = message.Root;

    /// <summary>Octets of the message as it came in.</summary>
    public long Size { get; } = message.Source.Length;

    /// <summary>Texts of parts, read once.</summary>
    public PartTexts Texts { get; private set; } = new(message.Source, limits, work);

    public async ValueTask OpenAsync(CancellationToken cancel) => header = await ReadHeaderAsync(Root, cancel);

    /// <summary>The part that child numbers lead to; null when it is gone.</summary>
    public MessagePart? Part(ReadOnlySpan<int> path)
    {
        var part = Root;
        foreach (var child in path)
        {
            if (child >= part.Children.Count) return null;
            part = part.Children[child];
        }
        return part;
    }

    /// <summary>The header of a part; of the root, with its changes.</summary>
    public async ValueTask<HeaderLines> HeaderAsync(MessagePart part, CancellationToken cancel)
    {
        if (part == Root) return header;
        if (partHeaders.TryGetValue(part.HeaderOffset, out var known)) return known;
        var lines = await ReadHeaderAsync(part, cancel);
        partHeaders[part.HeaderOffset] = lines;
        return lines;
    }

    /// <summary>The header of the message with its changes.</summary>
    public HeaderLines Header => header;

    /// <summary>The message as it is now, the same object until it changes again; null when the script changed nothing.</summary>
    public IMessageSource? Edited => isHeaderEdited || isBodyEdited ? edited ??= Compose() : null;

    /// <summary>The same without enclosures, for redirect (RFC 5703 §6).</summary>
    public IMessageSource? EditedForRedirect => isEnclosed ? enclosedVersion : Edited;

    /// <summary>Adds a field before or behind all others (RFC 5293 §4).</summary>
    public void AddField(string name, string value, bool atEnd, bool isProtected = false)
    {
        if (++addedFields > limits.MaxAddedFields) throw new SieveRuntimeException(ScriptText.TooManyFields.With(limits.MaxAddedFields));
        var line = NewField(name, value, isProtected);
        if (atEnd) header.Lines.Add(line);
        else header.Lines.Insert(header.Lines.Count > 0 && header.Lines[0].Is("Return-Path") ? 1 : 0, line); // RFC 5321 §4.4: that one stands above all
        isHeaderEdited = true;
        edited = null;
    }

    public void RemoveFields(IReadOnlyCollection<HeaderLine> lines)
    {
        if (lines.Count == 0) return;
        header.Lines.RemoveAll(lines.Contains);
        isHeaderEdited = true;
        edited = null;
    }

    /// <summary>Puts a MIME entity, header and body, in the place of a part (RFC 5703 §5).</summary>
    public async ValueTask ReplacePartAsync(MessagePart part, byte[] entity, CancellationToken cancel)
    {
        var whole = Compose();
        var shift = HeaderOctets() - Root.HeaderLength;
        var start = part.HeaderOffset + shift;
        var end = part.BodyOffset + part.BodyLength + shift;
        await ChangeBodyAsync(new ComposedMessage([.. whole.Slice(0, start), new Segment(entity), .. whole.Slice(end, whole.Length - end)]), cancel);
    }

    /// <summary>Puts a new body, with the fields that describe it, in the place of the message's (RFC 5703 §5).</summary>
    public async ValueTask ReplaceBodyAsync(byte[] contentFields, byte[] body, CancellationToken cancel)
    {
        RemoveFields([.. header.Lines.Where(IsContentField)]);
        var fields = new ArrayBufferWriter<byte>();
        foreach (var line in header.Lines) fields.Write(line.Raw.Span);
        EndLine(fields);
        fields.Write(contentFields);
        fields.Write("\r\n"u8);
        await ChangeBodyAsync(new ComposedMessage([new Segment(fields.WrittenMemory), new Segment(body)]), cancel);
    }

    /// <summary>Puts the message as it is now between two pieces of a new one (RFC 5703 §6).</summary>
    public async ValueTask EncloseAsync(byte[] before, byte[] after, CancellationToken cancel)
    {
        if (!isEnclosed) enclosedVersion = Edited;
        isEnclosed = true;
        var whole = Compose();
        await ChangeBodyAsync(new ComposedMessage([new Segment(before), .. whole.Slice(0, whole.Length), new Segment(after)]), cancel);
    }

    internal static HeaderLine NewField(string name, string value, bool isProtected = false)
    {
        var raw = new ArrayBufferWriter<byte>();
        new HeaderWriter(raw).Text(name, Syntax.OctetText.ToText(value));
        var octets = raw.WrittenMemory;
        var valueOctets = octets[(name.Length + 1)..];
        return new HeaderLine(name, octets, valueOctets) { IsProtected = isProtected };
    }

    /// <summary>A field that says how the body is to be read (RFC 2045 §3 and its extensions).</summary>
    internal static bool IsContentField(HeaderLine line) => line.Name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) || line.Is("MIME-Version");

    private async ValueTask ChangeBodyAsync(ComposedMessage changed, CancellationToken cancel)
    {
        if (++bodyChanges > limits.MaxBodyChanges) throw new SieveRuntimeException(ScriptText.TooManyChanges.With(limits.MaxBodyChanges));
        var guarded = header.Lines.Where(line => line.IsProtected).Select(line => line.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        source = changed;
        Root = await ParseAsync(changed, cancel);
        header = await ReadHeaderAsync(Root, cancel);
        for (var i = 0; i < header.Lines.Count; i++)
            if (guarded.Contains(header.Lines[i].Name)) header.Lines[i] = new HeaderLine(header.Lines[i].Name, header.Lines[i].Raw, header.Lines[i].Value) { IsProtected = true };
        partHeaders.Clear();
        Texts = Texts.For(changed);
        isHeaderEdited = false;
        isBodyEdited = true;
        edited = null;
    }

    private async ValueTask<MessagePart> ParseAsync(ComposedMessage changed, CancellationToken cancel)
    {
        work.Spend(changed.Length / 64);
        var parser = new MimeParser(MimeLimits.Default);
        var buffer = new byte[16 * 1024];
        int read;
        for (var at = 0L; (read = await changed.ReadAsync(at, buffer, cancel)) > 0; at += read) parser.Write(buffer.AsSpan(0, read));
        return PartTable.Parse(parser.Complete().Parts.Span);
    }

    /// <summary>The octets of the message as it is now; header lines that were not looked at follow those that were.</summary>
    private ComposedMessage Compose()
    {
        if (!isHeaderEdited) return source as ComposedMessage ?? new ComposedMessage([new Segment(source, 0, source.Length)]);
        var fields = Fields();
        return new ComposedMessage([new Segment(fields), new Segment(source, header.Octets, source.Length - header.Octets)]);
    }

    private long HeaderOctets() => isHeaderEdited ? Fields().Length + Root.HeaderLength - header.Octets : Root.HeaderLength;

    private ReadOnlyMemory<byte> Fields()
    {
        var fields = new ArrayBufferWriter<byte>();
        foreach (var line in header.Lines)
        {
            EndLine(fields);
            fields.Write(line.Raw.Span);
        }
        // A message that ended within its header gets its end.
        if (header.Octets == Root.HeaderLength) EndLine(fields);
        return fields.WrittenMemory;
    }

    private static void EndLine(ArrayBufferWriter<byte> fields)
    {
        if (fields.WrittenCount > 0 && fields.WrittenSpan[^1] != (byte)'\n') fields.Write("\r\n"u8);
    }

    private async ValueTask<HeaderLines> ReadHeaderAsync(MessagePart part, CancellationToken cancel)
    {
        var length = (int)Math.Min(part.HeaderLength, limits.MaxHeaderOctets);
        work.Spend(length / 32);
        var octets = await PartTexts.ReadAsync(source, part.HeaderOffset, length, cancel);
        return new HeaderLines(octets, part.HeaderLength <= limits.MaxHeaderOctets);
    }
}
