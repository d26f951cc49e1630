using System.Text;

namespace Facteur.Load;

/// <summary>A message of a given size like those that travel: text up to 8 KiB, above that text with a base64 attachment. Its Message-ID is stamped anew for each use.</summary>
internal sealed class SampleMessage
{
    private const string Mark = "000000000000000000000000";
    private readonly byte[] bytes;
    private readonly int markAt;

    public SampleMessage(int size, string from, string to)
    {
        var text = new StringBuilder();
        text.Append($"Received: from relay.sender.test (relay.sender.test [192.0.2.17])\r\n\tby mx.sender.test (Postfix) with ESMTPS id 4Xyz\r\n\tfor <{to}>; Mon, 01 Jun 2026 10:00:00 +0000 (UTC)\r\n");
        text.Append($"From: \"Claire Martin\" <{from}>\r\nTo: <{to}>\r\nSubject: =?utf-8?q?R=C3=A9union_de_lundi?= et le compte rendu\r\n");
        text.Append($"Date: Mon, 01 Jun 2026 10:00:00 +0000\r\nMessage-ID: <{Mark}@sender.test>\r\nMIME-Version: 1.0\r\nUser-Agent: facteur-load\r\n");
        var attachment = size > 8192;
        text.Append(attachment
            ? "Content-Type: multipart/mixed; boundary=\"=_part\"\r\n\r\n--=_part\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nBonjour, le document est joint.\r\n--=_part\r\nContent-Type: application/pdf; name=\"rapport.pdf\"\r\nContent-Disposition: attachment; filename=\"rapport.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            : "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n");
        var end = attachment ? "\r\n--=_part--\r\n" : "";
        var random = new Random(42);
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        string[] words = ["bonjour", "le", "compte", "rendu", "de", "la", "réunion", "est", "prêt", "merci", "budget", "lundi", "facture", "meeting", "report"];
        while (text.Length < size - end.Length - 80)
        {
            if (attachment) for (var i = 0; i < 76; i++) text.Append(alphabet[random.Next(64)]);
            else for (var i = 0; i < 10; i++) text.Append(words[random.Next(words.Length)]).Append(' ');
            text.Append("\r\n");
        }
        text.Append(end);
        bytes = Encoding.UTF8.GetBytes(text.ToString());
        markAt = bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Mark));
    }

    /// <summary>The message with a Message-ID of its own; the same array each time.</summary>
    public ReadOnlyMemory<byte> Stamp(long id)
    {
        _ = id.TryFormat(bytes.AsSpan(markAt, Mark.Length), out _, "D24");
        return bytes;
    }
}
