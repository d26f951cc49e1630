using System.Text;
using Facteur.Accounts;
using Facteur.Smtp.Wire;

namespace Facteur.Smtp.Client.Wire;

/// <summary>
/// An address as it may stand between angle brackets on the wire. It is read by the same reader that takes addresses in and written
/// anew from its parts, so that no line break, blank or bracket outside quotes can be in it, wherever the text came from.
/// </summary>
internal readonly record struct WirePath(string Text, bool NeedsSmtpUtf8)
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>The empty reverse-path.</summary>
    public static readonly WirePath Empty = new("", false);

    /// <summary>Null for what is no mailbox (RFC 5321 §4.1.2), or is longer than 254 octets.</summary>
    public static WirePath? Parse(string address)
    {
        // "@a:b@c" is a source route, which the reader would take and drop.
        if (address.Length is 0 or > 1000 || address[0] == '@') return null;
        EnvelopeAddress? parsed;
        try
        {
            var reader = new SmtpReader(Strict.GetBytes($"<{address}>"));
            if (reader.HasControls) return null;
            parsed = reader.Path("5.1.3");
            if (parsed is null || !reader.IsAtEnd) return null;
        }
        catch (Exception e) when (e is SmtpSyntaxException or EncoderFallbackException)
        {
            return null;
        }
        // A domain has an ASCII form that every host takes (RFC 6531 §3.2); a local part has not.
        if (!Ascii.IsValid(parsed.Domain) && DomainName.Normalize(parsed.Domain) is { } ascii) parsed = new EnvelopeAddress(parsed.LocalPart, ascii);
        var text = parsed.ToString();
        return Encoding.UTF8.GetByteCount(text) > 254 ? null : new WirePath(text, !Ascii.IsValid(text));
    }
}
