using System.Collections.Frozen;
using System.Text;

namespace Facteur.Delivery.Filtering.Checkers;

/// <summary>Which fields a checker may add to a message: none that says who wrote it, what it is or how it came.</summary>
internal static class AddedFields
{
    private const int MaxName = 76;
    private const int MaxValue = 4_000;

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
        return new AddedField(name, OneLine(value));
    }

    private static string OneLine(string value)
    {
        var text = new StringBuilder(Math.Min(value.Length, MaxValue));
        foreach (var c in value)
        {
            if (text.Length == MaxValue) break;
            var isBlank = c is ' ' or '\t' or '\r' or '\n' || char.IsControl(c) || c is '\u2028' or '\u2029';
            if (!isBlank) text.Append(c);
            else if (text.Length > 0 && text[^1] != ' ') text.Append(' ');
        }
        return text.ToString().TrimEnd();
    }
}
