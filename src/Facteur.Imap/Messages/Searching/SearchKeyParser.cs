using System.Buffers;
using System.Text;
using Facteur.Storage;

namespace Facteur.Imap.Messages;

/// <summary>Reads one search key that holds no other (RFC 9051 §6.4.4, RFC 3501 §6.4.4 for the keys revision 2 dropped).</summary>
internal readonly struct SearchKeyParser(SearchText text)
{
    private static readonly SearchValues<byte> NameChars = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    // One scan of the text serves all keys that ask for the same.
    private readonly Dictionary<(string, bool), TextNeedle> needles = [];

    public SearchKey Key(ref ImapReader reader)
    {
        if (reader.Peek() is >= (byte)'0' and <= (byte)'9' or (byte)'*' or (byte)'$') return new SetKey(reader.SequenceSet(), uid: false);
        var written = reader.TakeWhile(NameChars);
        Span<byte> name = stackalloc byte[20];
        if (written.Length > name.Length) throw Unknown();
        Ascii.ToUpper(written, name, out var length);
        name = name[..length];
        return Flag(name) ?? Date(ref reader, name) ?? Text(ref reader, name) ?? Number(ref reader, name) ?? throw Unknown();
    }

    private static SearchKey? Flag(scoped ReadOnlySpan<byte> name) => name switch
    {
        _ when name.SequenceEqual("ALL"u8) => new ConstantKey(true),
        _ when name.SequenceEqual("ANSWERED"u8) => new FlagKey(MessageFlags.Answered),
        _ when name.SequenceEqual("DELETED"u8) => new FlagKey(MessageFlags.Deleted),
        _ when name.SequenceEqual("DRAFT"u8) => new FlagKey(MessageFlags.Draft),
        _ when name.SequenceEqual("FLAGGED"u8) => new FlagKey(MessageFlags.Flagged),
        _ when name.SequenceEqual("SEEN"u8) => new FlagKey(MessageFlags.Seen),
        _ when name.SequenceEqual("UNANSWERED"u8) => NotKey.Of(new FlagKey(MessageFlags.Answered)),
        _ when name.SequenceEqual("UNDELETED"u8) => NotKey.Of(new FlagKey(MessageFlags.Deleted)),
        _ when name.SequenceEqual("UNDRAFT"u8) => NotKey.Of(new FlagKey(MessageFlags.Draft)),
        _ when name.SequenceEqual("UNFLAGGED"u8) => NotKey.Of(new FlagKey(MessageFlags.Flagged)),
        _ when name.SequenceEqual("UNSEEN"u8) => NotKey.Of(new FlagKey(MessageFlags.Seen)),
        _ when name.SequenceEqual("RECENT"u8) => new RecentKey(),
        _ when name.SequenceEqual("OLD"u8) => NotKey.Of(new RecentKey()),
        _ when name.SequenceEqual("NEW"u8) => CombinedKey.And([new RecentKey(), NotKey.Of(new FlagKey(MessageFlags.Seen))]),
        _ when name.SequenceEqual("SAVEDATESUPPORTED"u8) => new ConstantKey(true), // RFC 8514 §4.3
        _ => null,
    };

    private static DateKey? Date(ref ImapReader reader, scoped ReadOnlySpan<byte> name)
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
        return new DateKey(source, kind, reader.Date());
    }

    private SearchKey? Text(ref ImapReader reader, scoped ReadOnlySpan<byte> name) => name switch
    {
        _ when name.SequenceEqual("FROM"u8) => FieldKey(ref reader, FoldedField.From),
        _ when name.SequenceEqual("TO"u8) => FieldKey(ref reader, FoldedField.To),
        _ when name.SequenceEqual("CC"u8) => FieldKey(ref reader, FoldedField.Cc),
        _ when name.SequenceEqual("BCC"u8) => FieldKey(ref reader, FoldedField.Bcc),
        _ when name.SequenceEqual("SUBJECT"u8) => FieldKey(ref reader, FoldedField.Subject),
        _ when name.SequenceEqual("BODY"u8) => TextKey(Needle(ref reader), withHeaders: false),
        _ when name.SequenceEqual("TEXT"u8) => TextKey(Needle(ref reader), withHeaders: true),
        _ when name.SequenceEqual("HEADER"u8) => HeaderKey(ref reader),
        _ => null,
    };

    private FoldedFieldKey FieldKey(ref ImapReader reader, FoldedField field) => new(field, Encoding.UTF8.GetBytes(Needle(ref reader)));

    private TextKey TextKey(string folded, bool withHeaders)
    {
        if (!needles.TryGetValue((folded, withHeaders), out var needle)) needles[(folded, withHeaders)] = needle = new TextNeedle(folded, withHeaders);
        return new TextKey(needle);
    }

    private HeaderKey HeaderKey(ref ImapReader reader)
    {
        reader.Space();
        var field = Encoding.ASCII.GetString(reader.AStringBytes());
        return new HeaderKey(field, Needle(ref reader));
    }

    private string Needle(ref ImapReader reader)
    {
        reader.Space();
        return text.Folded(reader.AStringBytes());
    }

    private static SearchKey? Number(ref ImapReader reader, scoped ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("LARGER"u8)) return new SizeKey(Number64(ref reader), larger: true);
        if (name.SequenceEqual("SMALLER"u8)) return new SizeKey(Number64(ref reader), larger: false);
        if (name.SequenceEqual("OLDER"u8)) return new AgeKey(Interval(ref reader), older: true);
        if (name.SequenceEqual("YOUNGER"u8)) return new AgeKey(Interval(ref reader), older: false);
        if (name.SequenceEqual("UID"u8)) return new SetKey(Set(ref reader), uid: true);
        if (name.SequenceEqual("MODSEQ"u8)) return ModSeq(ref reader);
        if (name.SequenceEqual("EMAILID"u8)) return new EmailIdKey(ObjectId(ref reader, ObjectIds.EmailPrefix));
        if (name.SequenceEqual("THREADID"u8)) return new ThreadIdKey(ObjectId(ref reader, ObjectIds.ThreadPrefix));
        if (name.SequenceEqual("KEYWORD"u8)) return Keyword(ref reader);
        if (name.SequenceEqual("UNKEYWORD"u8)) return NotKey.Of(Keyword(ref reader));
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
    private static ModSeqKey ModSeq(ref ImapReader reader)
    {
        reader.Space();
        if (reader.Peek() == '"')
        {
            reader.AStringBytes();
            reader.Space();
            if (!reader.TryAtom("shared"u8) && !reader.TryAtom("priv"u8) && !reader.TryAtom("all"u8)) throw new ImapSyntaxException("entry type expected");
            reader.Space();
        }
        return new ModSeqKey(reader.ModSeqValue());
    }

    private static long? ObjectId(ref ImapReader reader, ReadOnlySpan<byte> prefix)
    {
        reader.Space();
        return ObjectIds.Parse(reader.AStringBytes(), prefix);
    }

    private static SearchKey Keyword(ref ImapReader reader)
    {
        reader.Space();
        // A system flag is no keyword, but some clients ask so.
        return reader.TryByte((byte)'\\')
            ? FlagNames.SystemFlag(reader.Atom()) is { } flag ? new FlagKey(flag) : new ConstantKey(false)
            : new KeywordKey(reader.Atom());
    }

    private static ImapSyntaxException Unknown() => new("unknown search key");
}
