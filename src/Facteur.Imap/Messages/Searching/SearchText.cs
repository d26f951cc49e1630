using System.Text;
using Facteur.Mail;
using Facteur.Storage.Searching;

namespace Facteur.Imap.Messages;

/// <summary>Reads the strings of a search in the charset the client named (RFC 9051 §6.4.4), folded as the stored text is.</summary>
internal sealed class SearchText(Encoding encoding)
{
    // Without CHARSET, UTF-8 is assumed (RFC 9051 §6.4.4); octets that are none are read as the mail of their time.
    public static readonly SearchText Unlabelled = new(Charsets.Unlabelled);

    public static SearchText Of(string charset)
    {
        var encoding = Charsets.Get(charset);
        if (ReferenceEquals(encoding, Charsets.Unlabelled) && !IsAscii(charset))
            throw new ImapRefusedException("BADCHARSET (US-ASCII UTF-8 ISO-8859-1 ISO-8859-15 WINDOWS-1252)", "this charset is not known");
        return new SearchText(encoding);
    }

    public FoldedNeedle Needle(ReadOnlySpan<byte> octets) => FoldedNeedle.Of(encoding.GetString(octets));

    private static bool IsAscii(string charset) =>
        charset.Equals("US-ASCII", StringComparison.OrdinalIgnoreCase) || charset.Equals("ASCII", StringComparison.OrdinalIgnoreCase) || charset.Equals("ANSI_X3.4-1968", StringComparison.OrdinalIgnoreCase);
}
