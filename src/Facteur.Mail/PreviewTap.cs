namespace Facteur.Mail;

/// <summary>Keeps the start of the first text of a message as it streams by, and makes the preview of it (RFC 8970).</summary>
internal sealed class PreviewTap(int maxCharacters)
{
    /// <summary>Octets kept of a plain text; of HTML more, for its style sheets stand before its words.</summary>
    private const int PlainOctets = 4 * 1024;
    private const int HtmlOctets = 16 * 1024;

    private readonly OctetBuffer start = new(PlainOctets);
    private PartNode? part;
    private int room;

    public string Preview { get; private set; } = "";

    /// <summary>A part's body starts.</summary>
    public void Begin(PartNode body)
    {
        part = null;
        room = 0;
        if (Preview.Length > 0 || body.IsInside || body.Type != "text" || body.Disposition == "attachment") return;
        if (body.Subtype is not ("plain" or "html")) return;
        part = body;
        start.Clear();
        room = body.Subtype == "html" ? HtmlOctets : PlainOctets;
    }

    public void Take(ReadOnlySpan<byte> octets)
    {
        if (room == 0) return;
        if (octets.Length > room) octets = octets[..room];
        start.Append(octets);
        room -= octets.Length;
    }

    /// <summary>A part ended; its length is known.</summary>
    public void End(PartNode body)
    {
        if (part != body) return;
        part = null;
        room = 0;
        // The line break of the boundary was taken along.
        var octets = start.Written[..(int)Math.Min(start.Length, body.BodyLength)];
        if (octets.IsEmpty) return;
        if (body.Encoding is TransferEncoding.SevenBit or TransferEncoding.EightBit or TransferEncoding.Binary)
        {
            Preview = TextPreview.Of(octets, body.Charset, body.Subtype == "html", maxCharacters);
            return;
        }
        var decoded = new OctetBuffer(PlainOctets);
        var decoder = ContentDecoder.Create(body.Encoding);
        decoder.Decode(octets, decoded);
        decoder.Complete(decoded);
        Preview = TextPreview.Of(decoded.Written, body.Charset, body.Subtype == "html", maxCharacters);
        decoded.Release();
    }

    public void Release() => start.Release();
}
