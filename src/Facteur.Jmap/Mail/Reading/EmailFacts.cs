using Facteur.Mail;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>What is known of a message without opening it. Spans are valid until the next message is read.</summary>
internal abstract class EmailFacts
{
    public abstract long HeaderSize { get; }
    public abstract ReadOnlySpan<byte> Envelope { get; }
    public abstract ReadOnlySpan<byte> BodyStructure { get; }
    public abstract ReadOnlySpan<byte> Parts { get; }
    public abstract string Preview { get; }
}

/// <summary>Of a message in the store.</summary>
internal sealed class StoredFacts(EmailDetailReader reader) : EmailFacts
{
    public override long HeaderSize => reader.HeaderSize;
    public override ReadOnlySpan<byte> Envelope => reader.Envelope;
    public override ReadOnlySpan<byte> BodyStructure => reader.BodyStructure;
    public override ReadOnlySpan<byte> Parts => reader.Parts;
    public override string Preview => reader.Preview;
}

/// <summary>Of a message that was parsed a moment ago.</summary>
internal sealed class ParsedFacts(MessageFacts facts) : EmailFacts
{
    public override long HeaderSize => facts.HeaderSize;
    public override ReadOnlySpan<byte> Envelope => facts.Envelope.Span;
    public override ReadOnlySpan<byte> BodyStructure => facts.BodyStructure.Span;
    public override ReadOnlySpan<byte> Parts => facts.Parts.Span;
    public override string Preview => facts.Preview;
}
