using System.Buffers;
using System.Text;
using System.Text.Json;
using Facteur.Mail;

namespace Facteur.Jmap;

/// <summary>A header field of a message that a client composes, its value as it may stand there: whatever was sent, it is one field (S-02, S-03).</summary>
/// <param name="IsText">Unstructured: written with encoded words where it needs them. Else legal as it is.</param>
internal sealed record DraftField(string Name, string Value, bool IsText)
{
    /// <summary>A longer word could not keep its line under 998 octets (RFC 5322 §2.1.1).</summary>
    private const int MaxWordOctets = 900;

    private static readonly SearchValues<char> Blanks = SearchValues.Create(" \t");

    public void Write(Facteur.Mail.HeaderWriter writer)
    {
        if (IsText) writer.Text(Name, Value);
        else writer.Write(Name, Value);
    }

    /// <summary>Reads a value in one of the forms of RFC 8621 §4.1.2.</summary>
    /// <returns>False when it is not of the form, or could not stand in a field.</returns>
    public static bool TryRead(string name, HeaderForm form, JsonElement value, out DraftField field)
    {
        var text = form switch
        {
            HeaderForm.Raw or HeaderForm.Text => value.ValueKind == JsonValueKind.String ? value.GetString() : null,
            HeaderForm.Addresses => DraftAddresses.Format(value),
            HeaderForm.GroupedAddresses => DraftAddresses.FormatGroups(value),
            HeaderForm.MessageIds => Bracketed(value, " ", IsMessageId),
            HeaderForm.Urls => Bracketed(value, ", ", IsUrl),
            HeaderForm.Date => DraftDates.TryRead(value, out var date) ? MailDate.Format(date) : null,
            _ => null,
        };
        if (form == HeaderForm.Raw && text is not null) text = Unfold(text);
        // What is unstructured anyway is encoded rather than sent as UTF-8, which not every host takes (RFC 6532 §3).
        var isText = form == HeaderForm.Text || form == HeaderForm.Raw && text is not null && !Ascii.IsValid(text) && HeaderForms.IsAllowed(name, HeaderForm.Text);
        if (text is not null && !isText && HasLongWord(text)) text = null;
        field = new DraftField(name, text ?? "", isText);
        return text is not null;
    }

    /// <summary>The text of a Raw value in one line; null for one that ends its field or holds a control character.</summary>
    public static string? Unfold(string raw)
    {
        var line = new StringBuilder(raw.Length);
        for (var i = 0; i < raw.Length; i++)
            if (raw[i] == '\r' && i + 2 < raw.Length && raw[i + 1] == '\n' && raw[i + 2] is ' ' or '\t')
                i++; // a fold: the blank after it stays (RFC 5322 §2.2.3)
            else if (raw[i] == '\t')
                line.Append(' ');
            else if (IsControl(raw[i]))
                return null;
            else
                line.Append(raw[i]);
        return line.ToString().Trim(' ');
    }

    public static bool IsControl(char c) => char.IsControl(c) || c is '\u2028' or '\u2029';

    private static string? Bracketed(JsonElement value, string separator, Func<string, bool> isValid)
    {
        if (value.ValueKind != JsonValueKind.Array) return null;
        var all = new StringBuilder();
        foreach (var element in value.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.String || !isValid(element.GetString()!)) return null;
            if (all.Length > 0) all.Append(separator);
            all.Append('<').Append(element.GetString()).Append('>');
        }
        return all.ToString();
    }

    // More than msg-id allows (RFC 5322 §3.6.4): one answers messages of programs that did not read it.
    private static bool IsMessageId(string id) =>
        id.Length is > 0 and <= MaxWordOctets && !id.AsSpan().ContainsAny('<', '>') && !id.Any(c => IsControl(c) || char.IsWhiteSpace(c));

    private static bool IsUrl(string url) => url.Length is > 0 and <= MaxWordOctets && !url.AsSpan().ContainsAnyExceptInRange('!', '~') && !url.AsSpan().ContainsAny('<', '>');

    private static bool HasLongWord(ReadOnlySpan<char> text)
    {
        foreach (var range in text.SplitAny(Blanks))
            if (Encoding.UTF8.GetByteCount(text[range]) > MaxWordOctets) return true;
        return false;
    }
}
