using System.Text;
using Facteur.Imap;

namespace Facteur.Tests.Imap;

/// <summary>Whatever stands behind a command's name is read, or refused as bad syntax; nothing else can come of it.</summary>
[Trait("Promise", "S-31")]
public sealed class RandomInputTests
{
    private static readonly string[] Tokens =
    [
        " ", " ", " ", "(", ")", "\"", "\\", "*", "%", "{3}\r\nabc", "{3+}\r\nabc", "~{3}\r\nabc", "{99}\r\n", "{0}\r\n", "{", "}", "[", "]", "<0.10>", "<",
        "INBOX", "\"été & hiver\"", "&AOk-", "NIL", "ALL", "OR", "NOT", "UID", "1", "1:*", "2,4:7,*", "$", "0", "4294967296", "99999999999999999999", "-1",
        "(\\Seen $Work)", "\\Recent", "FLAGS", "+FLAGS.SILENT", "BODY[", "BODY.PEEK[1.2.HEADER.FIELDS (From)]", "BINARY[1]<0.5>", "MODSEQ", "(CONDSTORE)",
        "RETURN (SAVE COUNT)", "CHARSET UTF-8", "SINCE 1-Feb-2024", "\"17-Jul-1996 02:44:25 -0700\"", "(UNCHANGEDSINCE 5)", "(CHANGEDSINCE 0)",
        "(SUBSCRIBED RECURSIVEMATCH)", "RETURN (STATUS (MESSAGES))", "(USE (\\Sent))", "REVERSE DATE", "REFERENCES UTF-8", "\0", "\u00ff", "\r\n",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Arguments_are_read_or_refused(int seed)
    {
        var random = new Random(seed);
        foreach (var entry in CommandTable.All.OrderBy(e => e.Name, StringComparer.Ordinal))
            for (var i = 0; i < 500; i++)
                Read(entry, Arguments(random), utf8: random.Next(2) == 0);
    }

    private static byte[] Arguments(Random random)
    {
        var text = new StringBuilder(" ");
        for (var n = random.Next(12); n > 0; n--) text.Append(Tokens[random.Next(Tokens.Length)]);
        var bytes = random.Next(4) == 0 ? Encoding.Latin1.GetBytes(text.ToString()) : Encoding.UTF8.GetBytes(text.ToString());
        if (random.Next(3) == 0) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return bytes;
    }

    private static void Read(CommandEntry entry, byte[] arguments, bool utf8)
    {
        try
        {
            var reader = new ImapReader(arguments, utf8);
            Assert.NotNull(entry.Parse(ref reader));
        }
        catch (Exception e) when (e is ImapSyntaxException or ImapRefusedException)
        {
        }
        catch (Exception e)
        {
            Assert.Fail($"{entry.Name}{Encoding.Latin1.GetString(arguments)}: {e}");
        }
    }
}
