namespace Facteur.Mail;

/// <summary>Where a part ends: at a boundary line, or with the message.</summary>
/// <param name="Line">Offset of the boundary line; at the end of the message, its length.</param>
/// <param name="LinesBefore">Line ends before <paramref name="Line"/>.</param>
/// <param name="BreakLength">Octets of the line break before the boundary line, which belongs to it (RFC 2046 §5.1.1); 0 at the end of the message.</param>
/// <param name="IsLineWhole">The octet before that break, or before the end, is a line end.</param>
internal readonly record struct PartEnd(long Line, long LinesBefore, int BreakLength, bool IsLineWhole)
{
    /// <summary>Lines from a body's start, when the body ends at <paramref name="offset"/>; a last line without its end counts.</summary>
    public long CountLines(PartNode part, long offset)
    {
        if (offset <= part.BodyOffset) return 0;
        var whole = LinesBefore - part.LinesBefore;
        if (BreakLength > 0 && offset == Line) return whole;
        return whole - (BreakLength > 0 ? 1 : 0) + (IsLineWhole ? 0 : 1);
    }
}

/// <summary>The parts met so far and those still open; decides what a header makes of its part, within the limits.</summary>
internal sealed class PartTree
{
    private readonly MimeLimits limits;
    private readonly HeaderIndex header = new();
    private readonly PartHeaderReader reader;
    private readonly List<PartNode> open = [];

    public PartTree(MimeLimits limits)
    {
        this.limits = limits;
        reader = new PartHeaderReader(limits, header, Texts);
        Facts = new HeaderFacts();
    }

    /// <summary>Parent before child, in the order of the message.</summary>
    public List<PartNode> Parts { get; } = [];

    public OctetBuffer Texts { get; } = new(2048);
    public BoundarySet Boundaries { get; } = new();

    /// <summary>What the message's own header says.</summary>
    public HeaderFacts Facts { get; }

    /// <summary>The part being read; of a multipart, its preamble or epilogue.</summary>
    public PartNode Current => open[^1];

    private bool IsFull => Parts.Count >= limits.MaxParts - 1 || Texts.Length >= limits.MaxStructureOctets;

    public void BeginMessage(long offset) => Begin(offset, isMessageRoot: true);

    /// <summary>Starts the next part of the multipart on top.</summary>
    /// <returns>False when the limits are reached: the part is the rest of the message, and has no header.</returns>
    public bool BeginPart(long offset, long linesBefore)
    {
        var rest = IsFull;
        var part = Begin(offset, isMessageRoot: false);
        if (!rest) return true;
        (part.Type, part.Subtype, part.Encoding, part.LinesBefore) = ("application", "octet-stream", TransferEncoding.EightBit, linesBefore);
        reader.DescribeBare(part);
        Boundaries.RemoveFrom(0);
        return false;
    }

    /// <summary>Ends the header of the current part.</summary>
    /// <param name="block">Its octets, as far as they are kept.</param>
    /// <param name="end">Where the body starts.</param>
    /// <returns>True when another header follows, that of a message inside.</returns>
    public bool EndHeader(OctetBuffer block, long end, long linesBefore)
    {
        var part = Current;
        part.HeaderLength = end - part.HeaderOffset;
        part.LinesBefore = linesBefore;
        header.Read(block);
        reader.Read(part, part.Parent is { IsMultipart: true, Subtype: "digest" });
        if (part.IsMessageRoot) DescribeMessage(part);
        // The part itself stands in the list of those open.
        var hasRoom = open.Count <= limits.MaxDepth && !IsFull;
        if (part.IsMultipart && !hasRoom) (part.Type, part.Subtype, part.Boundary) = ("application", "octet-stream", null);
        var descends = part.HoldsMessage && hasRoom && !IsEncoded(part.Encoding);
        reader.Describe(part, descends);
        if (part.Boundary is not null) Boundaries.Add(open.Count - 1, part.Boundary);
        if (!descends) return false;
        Begin(end, isMessageRoot: true);
        return true;
    }

    /// <summary>Ends the parts above <paramref name="level"/>, which stays open; -1 ends them all.</summary>
    /// <param name="onEnd">Called with each part.</param>
    public void EndParts(int level, PartEnd end, Action<PartNode> onEnd)
    {
        // A part never ends before its header does, nor before what it holds: an empty part lies at its boundary line.
        var offset = end.Line - end.BreakLength;
        for (var i = open.Count - 1; i > level; i--)
        {
            var part = open[i];
            offset = Math.Max(offset, part.BodyOffset);
            part.BodyLength = offset - part.BodyOffset;
            part.Lines = end.CountLines(part, offset);
            if (part is { IsMultipart: true, Children: 0 }) AddOnlyPart(part);
            onEnd(part);
        }
        open.RemoveRange(level + 1, open.Count - level - 1);
        Boundaries.RemoveFrom(level + 1);
    }

    /// <summary>No more parts of the multipart at <paramref name="level"/>: its epilogue starts.</summary>
    public void Close(int level) => Boundaries.RemoveFrom(level);

    /// <summary>The tree as it is kept. Called once, last.</summary>
    public MessagePart Build()
    {
        // Children stand after their parent: from the end, each part finds its own complete.
        for (var i = Parts.Count - 1; i > 0; i--)
        {
            var parent = Parts[i].Parent!;
            parent.Built ??= new MessagePart[parent.Children];
            parent.Built[--parent.Children] = Parts[i].ToPart();
        }
        return Parts[0].ToPart();
    }

    private PartNode Begin(long offset, bool isMessageRoot)
    {
        var parent = open.Count > 0 ? open[^1] : null;
        if (parent is not null) parent.Children++;
        var part = new PartNode
        {
            Parent = parent,
            HeaderOffset = offset,
            IsMessageRoot = isMessageRoot,
            IsInside = parent is not null && (parent.IsInside || isMessageRoot),
        };
        Parts.Add(part);
        open.Add(part);
        return part;
    }

    private void DescribeMessage(PartNode root)
    {
        var start = Texts.Length;
        EnvelopeWriter.Write(header, limits.MaxAddresses, Texts);
        root.Envelope = start..Texts.Length;
        if (root.Parent is null) Facts.Read(header);
    }

    /// <summary>A multipart in which no boundary was found: clients cannot read "()", so its body is one text, which people may read.</summary>
    private void AddOnlyPart(PartNode multipart)
    {
        multipart.Children = 1;
        var part = new PartNode
        {
            Parent = multipart,
            HeaderOffset = multipart.BodyOffset,
            LinesBefore = multipart.LinesBefore,
            IsMessageRoot = false,
            IsInside = multipart.IsInside,
            BodyLength = multipart.BodyLength,
            Lines = multipart.Lines,
        };
        Parts.Add(part);
        reader.DescribeBare(part);
    }

    /// <summary>A message may only be 7bit, 8bit or binary (RFC 2046 §5.2.1); one that is encoded all the same is kept as a file.</summary>
    private static bool IsEncoded(TransferEncoding encoding) =>
        encoding is TransferEncoding.Base64 or TransferEncoding.QuotedPrintable or TransferEncoding.UuEncode;
}
