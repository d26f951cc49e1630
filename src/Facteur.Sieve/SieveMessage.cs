using Facteur.Mail;

namespace Facteur.Sieve;

/// <summary>A message to run a script on: its octets wherever they lie, and where its parts stand.</summary>
public sealed class SieveMessage
{
    /// <param name="source">Read by range while the script runs; header and parts only when a test asks for them.</param>
    /// <param name="root">Its part tree, as stored beside it (<see cref="PartTable"/>).</param>
    public SieveMessage(IMessageSource source, MessagePart root)
    {
        Source = source;
        Root = root;
    }

    public IMessageSource Source { get; }

    public MessagePart Root { get; }

    /// <summary>A message that is in memory.</summary>
    public static SieveMessage Parse(ReadOnlyMemory<byte> message)
    {
        var parser = new MimeParser(MimeLimits.Default);
        parser.Write(message.Span);
        return new SieveMessage(new Messages.ComposedMessage([new Messages.Segment(message)]), PartTable.Parse(parser.Complete().Parts.Span));
    }
}
