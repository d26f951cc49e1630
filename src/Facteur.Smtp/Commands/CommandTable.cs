using System.Text;
using Facteur.Smtp.Wire;

namespace Facteur.Smtp.Commands;

/// <summary>Name on the wire → how its arguments are read, and where it is known.</summary>
internal static class CommandTable
{
    internal delegate SmtpCommand Parser(ref SmtpReader reader);

    private sealed record Entry(string Name, Parser Parse, bool InSmtp = true, bool InLmtp = true)
    {
        public byte[] NameOctets { get; } = Encoding.ASCII.GetBytes(Name);
    }

    // The usual ones first: a name is looked for from the top.
    private static readonly Entry[] Entries =
    [
        new("MAIL", MailFrom.Parse),            // RFC 5321 §4.1.1.2
        new("RCPT", RcptTo.Parse),              // RFC 5321 §4.1.1.3
        new("DATA", Data.Parse),                // RFC 5321 §4.1.1.4
        new("BDAT", Bdat.Parse),                // RFC 3030 §2
        new("EHLO", Ehlo.Parse, InLmtp: false), // RFC 5321 §4.1.1.1
        new("LHLO", Lhlo.Parse, InSmtp: false), // RFC 2033 §4.1
        new("QUIT", Quit.Parse),                // RFC 5321 §4.1.1.10
        new("RSET", Rset.Parse),                // RFC 5321 §4.1.1.5
        new("NOOP", Noop.Parse),                // RFC 5321 §4.1.1.9
        new("AUTH", Auth.Parse, InLmtp: false), // RFC 4954 §4
        new("STARTTLS", StartTls.Parse),        // RFC 3207 §4
        new("HELO", Helo.Parse, InLmtp: false), // RFC 5321 §4.1.1.1
        new("VRFY", Vrfy.Parse),                // RFC 5321 §4.1.1.6
        new("HELP", Help.Parse),                // RFC 5321 §4.1.1.8
        new("EXPN", Expn.Parse),                // RFC 5321 §4.1.1.7
    ];

    /// <summary>The parser of a command, or null when this service does not know it.</summary>
    public static Parser? Find(ReadOnlySpan<byte> name, SmtpMode mode)
    {
        foreach (var entry in Entries)
        {
            if (Ascii.EqualsIgnoreCase(name, entry.NameOctets))
                return (mode == SmtpMode.Lmtp ? entry.InLmtp : entry.InSmtp) ? entry.Parse : null;
        }
        return null;
    }
}
