using System.Text;

namespace Facteur.IntegrationTests.Browser;

/// <summary>Messages that reading is tested with.</summary>
internal static class ReadingMessages
{
    private const string Boundary = "parts";

    /// <summary>A point, red.</summary>
    public const string Png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";

    public static TestMessage Html(string subject, string html, string more = "") => new(subject, Text: html) { ContentType = "text/html; charset=utf-8", More = more };

    /// <param name="parts">Header and body of each part.</param>
    public static TestMessage Parts(string subject, string kind, params string[] parts) =>
        new(subject, Text: string.Concat(parts.Select(part => $"--{Boundary}\r\n{part}\r\n")) + $"--{Boundary}--") { ContentType = $"multipart/{kind}; boundary={Boundary}" };

    public static string TextPart(string text, string type = "text/plain") => $"Content-Type: {type}; charset=utf-8\r\n\r\n{text}";

    public static string FilePart(string name, string type, string content, string more = "") =>
        $"Content-Type: {type}; name=\"{name}\"\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n{more}Content-Transfer-Encoding: base64\r\n\r\n{content}";

    public static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    public static string Invitation(string attendee, string organizer = "ben@example.test") =>
        $"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:42@example.test\r\nSEQUENCE:0\r\nDTSTAMP:20270601T080000Z\r\nDTSTART;TZID=Europe/Paris:20270706T143000\r\nDTEND;TZID=Europe/Paris:20270706T160000\r\nSUMMARY:Point projet\r\nLOCATION:Salle B\r\n"
        + $"ORGANIZER;CN=Ben Martin:mailto:{organizer}\r\nATTENDEE;CN=Anna;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:{attendee}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

    /// <summary>A winmail.dat with one file, in Base64.</summary>
    public static string Winmail(string name = "plan.txt")
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(0x223E9F78u);
        writer.Write((ushort)1);
        void Attribute(uint id, byte[] value)
        {
            writer.Write((byte)2);
            writer.Write(id);
            writer.Write(value.Length);
            writer.Write(value);
            writer.Write((ushort)value.Sum(one => one));
        }
        Attribute(0x00069002, new byte[14]);
        Attribute(0x00018010, Encoding.UTF8.GetBytes(name + "\0"));
        Attribute(0x0006800F, "The plan."u8.ToArray());
        writer.Flush();
        return Convert.ToBase64String(stream.ToArray());
    }

    public const string Newsletter = """
        <style>.top{background:#123456;color:#fff;padding:20px} @media (max-width:600px){.top{padding:10px}}</style>
        <body bgcolor="#f4f4f4"><table width="640" align="center" cellpadding="0" cellspacing="0" style="background:#ffffff"><tr><td class="top"><h1 style="margin:0">La Gazette</h1></td></tr>
        <tr><td style="padding:24px;color:#333333">Bonjour Anna,<br>voici les nouvelles de juillet. <a href="https://gazette.test/lire">Lire la suite</a><p><img src="https://gazette.test/a.png" width="300" height="120" alt="Photo"></p></td></tr></table></body>
        """;
}
