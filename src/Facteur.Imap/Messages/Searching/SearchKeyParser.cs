using System.Buffers;
using System.Text;
using Facteur.Storage;
using Facteur.Storage.Searching;

namespace Facteur.Imap.Messages;

/// <summary>Reads one search key that holds no other (RFC 9051 §6.4.4, RFC 3501 §6.4.4 for the keys revision 2 dropped).</summary>
internal readonly struct SearchKeyParser(SearchText text)
{
    private static readonly SearchValues<byte> NameChars = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    public SearchCondition Key(ref ImapReader reader)
    {
        if (reader.Peek() is >= (byte)'0' and <= (byte)'9' or (byte)'*' or (byte)'$') return new SetCondition(reader.SequenceSet(), Uid: false);
        var written = reader.TakeWhile(NameChars);
        Span<byte> name = stackalloc byte[20];
        if (written.Length > name.Length) throw Unknown();
        Ascii.ToUpper(written, name, out var length);
        name = name[..length];
        return Flag(name) ?? Date(ref reader, name) ?? Text(ref reader, name) ?? Number(ref reader, name) ?? throw Unknown();
    }

    private static SearchCondition? Flag(scoped ReadOnlySpan<byte> name) => name switch
    {
        _ when name.SequenceEqual("ALL"u8) => ConstantCondition.True,
        _ when name.SequenceEqual("ANSWERED"u8) => new FlagCondition(MessageFlags.Answered),
        _ when name.SequenceEqual("DELETED"u8) => new FlagCondition(MessageFlags.Deleted),
        _ when name.SequenceEqual("DRAFT"u8) => new FlagCondition(MessageFlags.Draft),
        _ when name.SequenceEqual("FLAGGED"u8) => new FlagCondition(MessageFlags.Flagged),
        _ when name.SequenceEqual("SEEN"u8) => new FlagCondition(MessageFlags.Seen),
        _ when name.SequenceEqual("UNANSWERED"u8) => NotCondition.Of(new FlagCondition(MessageFlags.Answered)),
        _ when name.SequenceEqual("UNDELETED"u8) => NotCondition.Of(new FlagCondition(MessageFlags.Deleted)),
        _ when name.SequenceEqual("UNDRAFT"u8) => NotCondition.Of(new FlagCondition(MessageFlags.Draft)),
        _ when name.SequenceEqual("UNFLAGGED"u8) => NotCondition.Of(new FlagCondition(MessageFlags.Flagged)),
        _ when name.SequenceEqual("UNSEEN"u8) => NotCondition.Of(new FlagCondition(MessageFlags.Seen)),
        _ when name.SequenceEqual("RECENT"u8) => new RecentCondition(),
        _ when name.SequenceEqual("OLD"u8) => NotCondition.Of(new RecentCondition()),
        _ when name.SequenceEqual("NEW"u8) => AndCondition.Of([new RecentCondition(), NotCondition.Of(new FlagCondition(MessageFlags.Seen))]),
        _ when name.SequenceEqual("SAVEDATESUPPORTED"u8) => ConstantCondition.True, // RFC 8514 §4.3
        _ => null,
    };

    private static DayCondition? Date(ref ImapReader reader, scoped ReadOnlySpan<byte> name)
    {
        var source = DateSource.Internal;
        if (name.StartsWith("SENT"u8)) source = DateSource.Sent;
        else if (name.StartsWith("SAVED"u8)) source = DateSource.Saved; // RFC 8514 §4.3
        name = name[(source == DateSource.Sent ? 4 : source == DateSource.Saved ? 5 : 0)..];
        DateTest? test = name switch
        {
            _ when name.SequenceEqual("BEFORE"u8) => DateTest.Before,
            _ when name.SequenceEqual("ON"u8) => DateTest.On,
            _ when name.SequenceEqual("SINCE"u8) => DateTest.Since,
            _ => null,
        };
        if (test is not { } kind) return null;
        reader.Space();
        return new DayCondition(source, kind, reader.Date());
    }

    private SearchCondition? Text(ref ImapReader reader, scoped ReadOnlySpan<byte> name) => name switch
    {
        _ when name.SequenceEqual("FROM"u8) => new FieldCondition(FoldedField.From, Needle(ref reader)),
        _ when name.SequenceEqual("TO"u8) => new FieldCondition(FoldedField.To, Needle(ref reader)),
        _ when name.SequenceEqual("CC"u8) => new FieldCondition(FoldedField.Cc, Needle(ref reader)),
        _ when name.SequenceEqual("BCC"u8) => new FieldCondition(FoldedField.Bcc, Needle(ref reader)),
        _ when name.SequenceEqual("SUBJECT"u8) => new FieldCondition(FoldedField.Subject, Needle(ref reader)),
        _ when name.SequenceEqual("BODY"u8) => new TextCondition(Needle(ref reader), TextScope.Body),
        _ when name.SequenceEqual("TEXT"u8) => new TextCondition(Needle(ref reader), TextScope.Whole),
        _ when name.SequenceEqual("HEADER"u8) => Header(ref reader),
        _ => null,
    };

    private HeaderCondition Header(ref ImapReader reader)
    {
        reader.Space();
        var field = Encoding.ASCII.GetString(reader.AStringBytes());
        return HeaderCondition.Of(field, Needle(ref reader));
    }

    private FoldedNeedle Needle(ref ImapReader reader)
    {
        reader.Space();
        return text.Needle(reader.AStringBytes());
    }

    private static SearchCondition? Number(ref ImapReader reader, scoped ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("LARGER"u8)) return Number64(ref reader) is var most and < long.MaxValue ? new SizeCondition(most + 1) : ConstantCondition.False;
        if (name.SequenceEqual("SMALLER"u8)) return NotCondition.Of(new SizeCondition(Number64(ref reader)));
        if (name.SequenceEqual("OLDER"u8)) return new AgeCondition(Interval(ref reader), Older: true);
        if (name.SequenceEqual("YOUNGER"u8)) return new AgeCondition(Interval(ref reader), Older: false);
        if (name.SequenceEqual("UID"u8)) return new SetCondition(Set(ref reader), Uid: true);
        if (name.SequenceEqual("MODSEQ"u8)) return ModSeq(ref reader);
        if (name.SequenceEqual("EMAILID"u8)) return new EmailIdCondition(ObjectId(ref reader, ObjectIds.EmailPrefix) is { } email ? new EmailId(email) : null);
        if (name.SequenceEqual("THREADID"u8)) return new ThreadIdCondition(ObjectId(ref reader, ObjectIds.ThreadPrefix) is { } thread ? new ThreadId(thread) : null);
        if (name.SequenceEqual("KEYWORD"u8)) return Keyword(ref reader);
        if (name.SequenceEqual("UNKEYWORD"u8)) return NotCondition.Of(Keyword(ref reader));
        return null;
    }

    private static long Number64(ref ImapReader reader)
    {
        reader.Space();
        return (long)reader.Number64();
    }

    private static TimeSpan Interval(ref ImapReader reader)
    {
        reader.Space();
        return TimeSpan.FromSeconds(reader.NonZeroNumber()); // RFC 5032 §3: nz-number
    }

    private static SequenceSet Set(ref ImapReader reader)
    {
        reader.Space();
        return reader.SequenceSet();
    }

    // MODSEQ ["entry" shared|priv|all] n (RFC 7162 §3.1.5): the entry narrows nothing, one mod-sequence serves all flags.
    private static ModSeqCondition ModSeq(ref ImapReader reader)
    {
        reader.Space();
        if (reader.Peek() == '"')
        {
            reader.AStringBytes();
            reader.Space();
            if (!reader.TryAtom("shared"u8) && !reader.TryAtom("priv"u8) && !reader.TryAtom("all"u8)) throw new ImapSyntaxException("entry type expected");
            reader.Space();
        }
        return new ModSeqCondition(reader.ModSeqValue());
    }

    private static long? ObjectId(ref ImapReader reader, ReadOnlySpan<byte> prefix)
    {
        reader.Space();
        return ObjectIds.Parse(reader.AStringBytes(), prefix);
    }

    private static SearchCondition Keyword(ref ImapReader reader)
    {
        reader.Space();
        // A system flag is no keyword, but some clients ask so.
        return reader.TryByte((byte)'\\')
            ? FlagNames.SystemFlag(reader.Atom()) is { } flag ? new FlagCondition(flag) : ConstantCondition.False
            : new KeywordCondition(reader.Atom().ToLowerInvariant());
    }

    private static ImapSyntaxException Unknown() => new("unknown search key");
}
