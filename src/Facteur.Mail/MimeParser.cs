namespace Facteur.Mail;

/// <summary>Reads a message as it streams by and answers its facts; holds no body.</summary>
public sealed class MimeParser(MimeLimits limits)
{
    private readonly MimeLimits limits = limits;

    /// <summary>Takes the next octets of the message, cut anywhere.</summary>
    public void Write(ReadOnlySpan<byte> bytes) => throw new NotSupportedException();

    /// <summary>Ends the message.</summary>
    public MessageFacts Complete() => throw new NotSupportedException(limits.ToString());
}
