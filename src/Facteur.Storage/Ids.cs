namespace Facteur.Storage;

public readonly record struct DomainId(long Value);
public readonly record struct AccountId(long Value);
public readonly record struct GroupId(long Value);
public readonly record struct MailboxId(long Value);

/// <summary>One message of an account, kept through COPY and MOVE (EMAILID, RFC 8474 §5.1).</summary>
public readonly record struct EmailId(long Value);
public readonly record struct ThreadId(long Value);

/// <summary>Unique identifier in a mailbox, never 0, never used again under one UIDVALIDITY (RFC 9051 §2.3.1.1).</summary>
public readonly record struct Uid(uint Value) : IComparable<Uid>
{
    public int CompareTo(Uid other) => Value.CompareTo(other.Value);
}

/// <summary>Modification sequence: one counter per account, serving IMAP and JMAP alike; 63 bits (RFC 7162 §3.1).</summary>
public readonly record struct ModSeq(long Value) : IComparable<ModSeq>
{
    public int CompareTo(ModSeq other) => Value.CompareTo(other.Value);
}

/// <summary>An inclusive range of UIDs.</summary>
public readonly record struct UidRange(uint First, uint Last)
{
    public static readonly UidRange All = new(1, uint.MaxValue);
}
