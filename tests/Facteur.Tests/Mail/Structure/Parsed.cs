using System.Text;
using Facteur.Mail;

namespace Facteur.Tests.Mail.Structure;

/// <summary>A message run through the parser, with its parts as text.</summary>
internal sealed class Parsed
{
    private Parsed(byte[] message, MessageFacts facts)
    {
        Message = message;
        Facts = facts;
        Root = PartTable.Parse(facts.Parts.Span);
    }

    public byte[] Message { get; }
    public MessageFacts Facts { get; }
    public MessagePart Root { get; }
    public string Envelope => Encoding.ASCII.GetString(Facts.Envelope.Span);
    public string BodyStructure => Encoding.ASCII.GetString(Facts.BodyStructure.Span);

    /// <summary>Type and body of each part, indented.</summary>
    public string Outline
    {
        get
        {
            var outline = new StringBuilder();
            Describe(Root, "", outline);
            return outline.ToString();
        }
    }

    /// <summary>Every fact in one comparable text.</summary>
    public string All => string.Join('\n', Facts.Size, Facts.HeaderSize, Envelope, BodyStructure, Convert.ToHexString(Facts.Parts.Span),
        Facts.Preview, Convert.ToHexString(Facts.FoldedHeaders.Span), Facts.Subject, Facts.BaseSubject, Facts.SentDate, Facts.MessageId,
        string.Join(' ', Facts.References), Facts.HasAttachment);

    public static Parsed Of(string latin1, MimeLimits? limits = null) => Of(Encoding.Latin1.GetBytes(latin1), limits);

    public static Parsed Of(byte[] message, MimeLimits? limits = null) => Of(message, [message.Length], limits);

    /// <summary>The message handed over in pieces that end at <paramref name="cuts"/>.</summary>
    public static Parsed Of(byte[] message, IEnumerable<int> cuts, MimeLimits? limits = null)
    {
        var parser = new MimeParser(limits ?? MimeLimits.Default);
        var at = 0;
        foreach (var cut in cuts.Append(message.Length))
        {
            parser.Write(message.AsSpan(at, cut - at));
            at = cut;
        }
        return new Parsed(message, parser.Complete());
    }

    public string Header(MessagePart part) => Text(part.HeaderOffset, part.HeaderLength);

    public string Body(MessagePart part) => Text(part.BodyOffset, part.BodyLength);

    /// <summary>What must hold of any tree: ranges lie in the message, children lie in order within their parent, lines are counted right.</summary>
    public void AssertSound()
    {
        Assert.Equal(Message.Length, Facts.Size);
        Assert.Equal(0, Root.HeaderOffset);
        Assert.Equal(Message.Length, Root.BodyOffset + Root.BodyLength);
        Assert.Equal(Root.HeaderLength, Facts.HeaderSize);
        Assert.False(Facts.Envelope.Span.ContainsAnyExceptInRange((byte)1, (byte)127));
        Assert.False(Facts.BodyStructure.Span.ContainsAnyExceptInRange((byte)1, (byte)127));
        Assert.Equal(0, Facts.FoldedHeaders.Span[^1]);
        Assert.Equal(5, Facts.FoldedHeaders.Span.Count((byte)0));
        AssertSound(Root);
    }

    private void AssertSound(MessagePart part)
    {
        Assert.Equal(part.HeaderOffset + part.HeaderLength, part.BodyOffset);
        var body = Message.AsSpan((int)part.BodyOffset, (int)part.BodyLength);
        Assert.Equal(body.Count((byte)'\n') + (body.IsEmpty || body[^1] == '\n' ? 0 : 1), part.Lines);
        Assert.True(!part.IsMultipart || part.Children.Count > 0);
        var at = part.BodyOffset;
        foreach (var child in part.Children)
        {
            Assert.InRange(child.HeaderOffset, at, part.BodyOffset + part.BodyLength);
            at = child.BodyOffset + child.BodyLength;
            AssertSound(child);
        }
        Assert.InRange(at, 0, part.BodyOffset + part.BodyLength);
        if (part.IsMessage) Assert.Equal(part.BodyOffset + part.BodyLength, at);
    }

    private void Describe(MessagePart part, string indent, StringBuilder outline)
    {
        outline.Append(indent).Append(part.Type).Append('/').Append(part.Subtype);
        if (part.Children.Count == 0) outline.Append(' ').Append(Body(part).Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal));
        outline.Append('\n');
        foreach (var child in part.Children) Describe(child, indent + "  ", outline);
    }

    private string Text(long offset, long length) => Encoding.Latin1.GetString(Message, (int)offset, (int)length);
}
