using System.Globalization;
using System.Text;
using Facteur.Storage;

namespace Facteur.Web.Transfer;

/// <summary>What stands around messages in an mbox file of the kind "mboxrd": the line before each, flags, quoted lines.</summary>
internal static class MboxText
{
    private const string DateFormat = "ddd MMM d HH:mm:ss yyyy";

    /// <summary>"From " and the lines that programs keep flags in; they go again when the file is read.</summary>
    public static byte[] Before(DateTimeOffset date, MessageFlags flags)
    {
        var text = new StringBuilder("From MAILER-DAEMON ").Append(date.UtcDateTime.ToString("ddd MMM dd HH:mm:ss yyyy", CultureInfo.InvariantCulture)).Append('\n');
        text.Append("Status: ").Append(flags.Has(MessageFlags.Seen) ? "RO" : "O").Append('\n');
        var marks = (flags.Has(MessageFlags.Answered) ? "A" : "") + (flags.Has(MessageFlags.Flagged) ? "F" : "") + (flags.Has(MessageFlags.Draft) ? "T" : "") + (flags.Has(MessageFlags.Deleted) ? "D" : "");
        if (marks.Length > 0) text.Append("X-Status: ").Append(marks).Append('\n');
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>The date of a line "From …"; null when it cannot be read.</summary>
    public static DateTimeOffset? DateOf(ReadOnlySpan<byte> line)
    {
        var words = Encoding.Latin1.GetString(line[..Math.Min(line.Length, 200)]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (var at = 1; at + 5 <= words.Length; at++)
            if (DateTimeOffset.TryParseExact(
                string.Join(' ', words[at..(at + 5)]).TrimEnd('\r', '\n'), DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)) return date;
        return null;
    }

    /// <summary>Whether a line is "From " behind any number of ">".</summary>
    public static bool IsQuoted(ReadOnlySpan<byte> line) => line.TrimStart((byte)'>').StartsWith("From "u8);

    /// <summary>What a line Status or X-Status says.</summary>
    public static MessageFlags FlagsOf(ReadOnlySpan<byte> line)
    {
        var flags = MessageFlags.None;
        var isExtended = line.StartsWith("X-"u8);
        foreach (var mark in line[(line.IndexOf((byte)':') + 1)..])
            flags |= (isExtended, mark) switch
            {
                (false, (byte)'R') => MessageFlags.Seen,
                (true, (byte)'A') => MessageFlags.Answered,
                (true, (byte)'F') => MessageFlags.Flagged,
                (true, (byte)'T') => MessageFlags.Draft,
                _ => MessageFlags.None,
            };
        return flags;
    }

    /// <summary>The flags in the name of a file of a Maildir: "…:2,FRS".</summary>
    public static MessageFlags FlagsOfName(string name)
    {
        var flags = MessageFlags.None;
        if (name.LastIndexOf("2,", StringComparison.Ordinal) is var at && at < 1 || name[at - 1] is not (':' or ';' or '!' or '_')) return flags;
        foreach (var mark in name[(at + 2)..])
            flags |= mark switch { 'S' => MessageFlags.Seen, 'R' => MessageFlags.Answered, 'F' => MessageFlags.Flagged, 'D' => MessageFlags.Draft, _ => MessageFlags.None };
        return flags;
    }

    /// <summary>The letters of such a name, in their order.</summary>
    public static string NameOf(MessageFlags flags) =>
        (flags.Has(MessageFlags.Draft) ? "D" : "") + (flags.Has(MessageFlags.Flagged) ? "F" : "") + (flags.Has(MessageFlags.Answered) ? "R" : "") + (flags.Has(MessageFlags.Seen) ? "S" : "") + (flags.Has(MessageFlags.Deleted) ? "T" : "");
}
