using System.Collections.Frozen;
using System.Text;

namespace Facteur.Delivery.Filtering.Checkers;

/// <summary>Which fields a checker may add to a message: none that says who wrote it, what it is or how it came.</summary>
internal static class AddedFields
{
    private const int MaxName = 76;
    private const int MaxValue = 8_000;

    // RFC 5322 §2.1.1 allows 998, with the name on the first.
    private const int MaxLine = 900;

    private static readonly FrozenSet<string> Forbidden = new[]
    {
        "From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Date", "Subject", "Message-ID", "In-Reply-To", "References", "Return-Path", "Received", "MIME-Version",
        "Delivered-To", "Disposition-Notification-To", FilterVerdict.FieldName,
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The field made safe to write, or null when it may not be added.</summary>
    public static AddedField? Make(string name, string value)
    {
        if (name.Length is 0 or > MaxName || Forbidden.Contains(name)) return null;
        if (name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Resent-", StringComparison.OrdinalIgnoreCase)) return null;
        // ftext of RFC 5322 §3.6.8: printable, no colon.
        foreach (var c in name)
            if (c is <= ' ' or > '~' or ':') return null;
        return new AddedField(name, Folded(value));
    }

    // Folds stay as they are: a signature may cover them. What would end the field, or no line may hold, does not.
    private static string Folded(string value)
    {
        var text = new StringBuilder(Math.Min(value.Length, MaxValue));
        foreach (var range in value.AsSpan().SplitAny('\r', '\n'))
        {
            var line = value.AsSpan(range);
            if (line.Trim().IsEmpty) continue;
            if (text.Length == 0) line = line.TrimStart();
            else text.Append(line[0] is ' ' or '\t' ? "\r\n" : "\r\n\t");
            for (; line.Length > MaxLine; line = line[MaxLine..]) text.Append(Printable(line[..MaxLine])).Append("\r\n\t");
            text.Append(Printable(line));
            if (text.Length > MaxValue) return text.ToString(0, MaxValue).TrimEnd();
        }
        return text.ToString().TrimEnd();
    }

    private static string Printable(ReadOnlySpan<char> line)
    {
        var text = new StringBuilder(line.Length);
        foreach (var c in line) text.Append((char.IsControl(c) && c != '\t') || c is '\u2028' or '\u2029' ? ' ' : c);
        return text.ToString();
    }
}
