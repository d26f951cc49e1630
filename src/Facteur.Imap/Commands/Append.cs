using System.Globalization;
using System.Text;
using Facteur.Storage;

namespace Facteur.Imap.Commands;

/// <summary>What stands before one message of APPEND: flags, date and the head of its literal.</summary>
/// <param name="IsUtf8">The form "UTF8 (~{n}" of RFC 6855 §4: a ")" follows the message.</param>
internal sealed record AppendItem(FlagSet Flags, DateTimeOffset? InternalDate, LiteralHead Literal, bool IsUtf8)
{
    /// <summary>Reads "[SP flag-list] [SP date-time] SP literal", from its first space.</summary>
    public static AppendItem Parse(ref ImapReader reader)
    {
        reader.Space();
        var flags = FlagSet.Empty;
        DateTimeOffset? date = null;
        if (reader.Peek() == '(')
        {
            flags = reader.FlagList();
            reader.Space();
        }
        if (reader.Peek() == '"')
        {
            date = reader.DateTime();
            reader.Space();
        }
        var utf8 = reader.TryAtom("UTF8"u8);
        if (utf8)
        {
            reader.Space();
            reader.Expect((byte)'(');
        }
        return new AppendItem(flags, date, reader.LiteralHead(), utf8);
    }
}

/// <summary>APPEND as far as its first message: the messages stream into the store while the session reads them.</summary>
/// <param name="Error">Why the arguments cannot be read; <paramref name="First"/> then holds the literal only.</param>
internal sealed record AppendStart(string Tag, string Mailbox, AppendItem First, Exception? Error);

/// <summary>APPEND: puts messages into a mailbox, several of them all or none.</summary>
// RFC 9051 §6.3.12; several RFC 3502 §3; APPENDUID RFC 4315 §3 (RFC 9051 §7.1); literal8 RFC 3516 §4.4; limit RFC 7889 §4.
internal sealed record Append : ImapCommand
{
    /// <summary>APPEND with no literal at the end of its line: it cannot be right.</summary>
    public static ImapCommand Parse(ref ImapReader reader)
    {
        reader.Space();
        _ = reader.Mailbox();
        _ = AppendItem.Parse(ref reader);
        throw new ImapSyntaxException("literal expected");
    }

    public override ValueTask RunAsync(ImapSession session, CancellationToken cancel) => throw new InvalidOperationException("APPEND is run as it is received");

    /// <summary>Reads a command up to a literal's head. Null when it is no APPEND, or when the literal is its mailbox name.</summary>
    public static AppendStart? TryParseStart(ReadOnlySpan<byte> command, LiteralHead literal, bool utf8)
    {
        var reader = new ImapReader(command, utf8);
        var tag = Encoding.ASCII.GetString(reader.Tag());
        if (tag.Length == 0 || !reader.TrySpace() || !reader.TryAtom("APPEND"u8) || !reader.TrySpace()) return null;
        try
        {
            if (MailboxIsAtEnd(reader)) return null;
            var mailbox = reader.Mailbox();
            var item = AppendItem.Parse(ref reader);
            reader.End();
            return new AppendStart(tag, mailbox, item, null);
        }
        catch (Exception e) when (e is ImapSyntaxException or ImapRefusedException)
        {
            return new AppendStart(tag, "", new AppendItem(FlagSet.Empty, null, literal, false), e);
        }
    }

    private static bool MailboxIsAtEnd(ImapReader reader)
    {
        if (reader.Peek() != '{') return false;
        reader.LiteralHead();
        return reader.AtEnd;
    }

    /// <summary>"APPENDUID validity uids" in the order of the messages.</summary>
    public static string AppendUid(DeliveryReceipt receipt)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"APPENDUID {receipt.Entries[0].UidValidity} ");
        for (var i = 0; i < receipt.Entries.Count;)
        {
            var first = receipt.Entries[i].Uid.Value;
            var last = first;
            while (++i < receipt.Entries.Count && receipt.Entries[i].Uid.Value == last + 1) last++;
            if (text[^1] != ' ') text.Append(',');
            text.Append(CultureInfo.InvariantCulture, $"{first}");
            if (last > first) text.Append(CultureInfo.InvariantCulture, $":{last}");
        }
        return text.ToString();
    }
}
