using System.IO.Compression;
using System.Text;

namespace Facteur.Chaos.Poison;

/// <summary>Messages made to cost, by structure, header, markup or what is packed into them.</summary>
internal static class PoisonCorpus
{
    public static IEnumerable<(string Name, byte[] Message)> All()
    {
        yield return ("ten thousand levels of multipart", Message(string.Concat(Enumerable.Range(0, 10_000).Select(i => $"Content-Type: multipart/mixed; boundary=b{i:D5}\r\n\r\n--b{i:D5}\r\n"))));
        yield return ("ten thousand messages within each other", Message(Repeat("Content-Type: message/rfc822\r\n\r\n", 10_000)));
        yield return ("a hundred thousand parts", Message("Content-Type: multipart/mixed; boundary=a\r\n\r\n" + Repeat("--a\r\n\r\nx\r\n", 100_000) + "--a--\r\n"));
        yield return ("a header of twenty megabytes", Message("X-Long: " + Repeat(new string('x', 900) + "\r\n ", 22_000) + "end\r\n\r\ntext\r\n"));
        yield return ("half a million fields", Message(Repeat("X-Field: some value here\r\n", 500_000) + "\r\ntext\r\n"));
        yield return ("a million addresses", Message("To: " + string.Join(",\r\n ", Enumerable.Range(0, 1_000_000).Select(i => $"u{i:D7}@d.test")) + "\r\n\r\ntext\r\n"));
        yield return ("addresses within groups and comments without end", Message("Cc: " + Repeat("g:", 50_000) + Repeat("\r\n (", 50_000) + "\r\n\r\ntext\r\n"));
        yield return ("a hundred thousand parameters in pieces", Message("Content-Type: text/plain;" + string.Concat(Enumerable.Range(0, 100_000).Select(i => $"\r\n name*{i}*=x;")) + "\r\n\r\ntext\r\n"));
        yield return ("a hundred thousand encoded words", Message("Comments: " + Repeat("=?utf-8?Q?=C3=A9?=\r\n ", 100_000) + "\r\n\r\ntext\r\n"));
        yield return ("a hundred thousand references", Message("References: " + Repeat("<a@b.test>\r\n ", 100_000) + "\r\n\r\ntext\r\n"));
        yield return ("markup a hundred thousand levels deep", Message("Content-Type: text/html; charset=utf-8\r\n\r\n" + Repeat("<div><b>\r\n", 100_000) + "text"));
        yield return ("markup that never closes", Message("Content-Type: text/html\r\n\r\n" + Repeat("<a href=\"&#x\r\n", 100_000)));
        yield return ("a calendar of every second", Message("Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:19700101T000000Z\r\nRRULE:FREQ=SECONDLY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"));
        yield return ("an archive that grows ten thousandfold", Attachment("application/zip", "bomb.zip", Bomb()));
        yield return ("a compressed text that lies of its size", Attachment("application/rtf", "lie.rtf", [0x10, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x7F, 0x4C, 0x5A, 0x46, 0x75, .. new byte[64]]));
        yield return ("a winmail.dat whose attribute has no length", Attachment("application/ms-tnef", "winmail.dat", [0x78, 0x9F, 0x3E, 0x22, .. Enumerable.Repeat(new byte[] { 1, 0, 0, 0, 0, 0, 0, 0, 0 }, 1_000).SelectMany(one => one)]));
        yield return ("a charset that nobody knows and octets of none", Message("Content-Type: text/plain; charset=\"x-\u00FF\u00FE\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + Repeat("=\r\n=ZZ=C3\u0080\u00FF\r\n", 50_000)));
    }

    private static byte[] Message(string rest) => Encoding.Latin1.GetBytes("From: <x@sender.test>\r\nSubject: poison\r\n" + rest + (rest.EndsWith("\r\n", StringComparison.Ordinal) ? "" : "\r\n"));

    private static byte[] Attachment(string type, string name, byte[] content) => Message(
        $"MIME-Version: 1.0\r\nContent-Type: {type}; name=\"{name}\"\r\nContent-Disposition: attachment; filename=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + Convert.ToBase64String(content, Base64FormattingOptions.InsertLineBreaks).ReplaceLineEndings("\r\n") + "\r\n");

    private static byte[] Bomb()
    {
        using var output = new MemoryStream();
        using (var archive = new ZipArchive(output, ZipArchiveMode.Create))
            for (var i = 0; i < 10; i++)
            {
                using var entry = archive.CreateEntry($"{i}.txt").Open();
                for (var megabyte = 0; megabyte < 10; megabyte++) entry.Write(new byte[1024 * 1024]);
            }
        return output.ToArray();
    }

    private static string Repeat(string text, int count) => new StringBuilder(text.Length * count).Insert(0, text, count).ToString();
}
