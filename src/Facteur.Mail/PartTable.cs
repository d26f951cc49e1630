namespace Facteur.Mail;

/// <summary>The part tree as stored: compact, versioned by its first octet.</summary>
public static class PartTable
{
    public static ReadOnlyMemory<byte> Serialize(MessagePart root) => throw new NotSupportedException();

    /// <summary>The root part of a stored table.</summary>
    public static MessagePart Parse(ReadOnlySpan<byte> table) => throw new NotSupportedException();
}
