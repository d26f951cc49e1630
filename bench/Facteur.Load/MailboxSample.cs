using System.Globalization;
using System.Text;

namespace Facteur.Load;

/// <summary>One message of a mailbox, as APPEND takes it.</summary>
internal readonly record struct MailboxMessage(string Flags, DateTimeOffset ReceivedAt, ReadOnlyMemory<byte> Octets);

/// <summary>
/// A mailbox as people have them, the same each time: one message in three answers one of the forty before it, two in five have an HTML version (of those one in four asks
/// for images of another host), one in twelve an attachment; most are read, of the newest three hundred every other one is not. Seven minutes lie between two.
/// </summary>
/// <param name="count">Messages in all; the last is the newest.</param>
/// <param name="newest">When the last came in.</param>
internal sealed class MailboxSample(int count, string owner, DateTimeOffset newest)
{
    private static readonly TimeSpan apart = TimeSpan.FromMinutes(7);
    private static readonly string[] topics = ["Facture", "Compte rendu", "Invitation", "Budget", "Réunion", "Devis", "Planning", "Livraison", "Contract", "Report", "Question about", "Draft of"];
    private static readonly string[] givenNames = ["Claire", "Ben", "Anna", "Youssef", "Léa", "Tom", "Inès", "Paul", "Mia", "Hugo", "Zoé", "Karim", "Nina", "Luc", "Eva", "Sam"];
    private static readonly string[] familyNames = ["Martin", "Bernard", "Petit", "Durand", "Moreau", "Garcia", "Roux", "Fournier", "Girard", "Lambert", "Smith", "Taylor", "Weber", "Rossi", "Novak", "Lopez"];
    private static readonly string[] words = ["bonjour", "le", "compte", "rendu", "de", "la", "réunion", "est", "prêt", "merci", "pour", "budget", "lundi", "nous", "avons", "reçu", "vos", "remarques", "sur", "document", "and", "the", "schedule", "for", "next", "week", "is", "attached"];

    public MailboxMessage Message(int number)
    {
        var root = RootOf(number);
        var parent = number == root ? -1 : ParentOf(number);
        var at = newest - (apart * (count - 1 - number));
        var isUnread = number >= count - 300 ? number % 2 == 1 : Hash(number, 1) % 50 == 0;
        return new MailboxMessage(isUnread ? "" : "\\Seen", at, Encoding.UTF8.GetBytes(Write(number, root, parent, at)));
    }

    private string Write(int number, int root, int parent, DateTimeOffset at)
    {
        var text = new StringBuilder(8192);
        var who = Hash(number, 2);
        var name = $"{givenNames[who % 16]} {familyNames[who / 16 % 16]}";
        var subject = $"{(parent < 0 ? "" : "Re: ")}{topics[Hash(root, 3) % 12]} {ProjectNames.Of((int)(Hash(root, 4) % ProjectNames.Count))}";
        text.Append(CultureInfo.InvariantCulture, $"From: =?utf-8?b?{Convert.ToBase64String(Encoding.UTF8.GetBytes(name))}?= <p{who % 256}@people.test>\r\nTo: <{owner}>\r\nSubject: =?utf-8?b?{Convert.ToBase64String(Encoding.UTF8.GetBytes(subject))}?=\r\n");
        text.Append(CultureInfo.InvariantCulture, $"Date: {at:ddd, dd MMM yyyy HH:mm:ss} +0000\r\nMessage-ID: <{number}@people.test>\r\nMIME-Version: 1.0\r\n");
        if (parent >= 0) text.Append(CultureInfo.InvariantCulture, $"In-Reply-To: <{parent}@people.test>\r\nReferences: <{root}@people.test>{(parent == root ? "" : $" <{parent}@people.test>")}\r\n");
        var isAttached = Hash(number, 5) % 12 == 0;
        if (isAttached) text.Append("Content-Type: multipart/mixed; boundary=\"=_all\"\r\n\r\n--=_all\r\n");
        WriteBody(text, number, parent, name);
        if (isAttached) WriteAttachment(text, number);
        return text.ToString();
    }

    private static void WriteBody(StringBuilder text, int number, int parent, string name)
    {
        const string Plain = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n";
        if (Hash(number, 6) % 5 >= 2)
        {
            text.Append(Plain);
            Paragraphs(text, number, 2 + (int)(Hash(number, 7) % 5), "", "\r\n");
            text.Append("-- \r\n").Append(name).Append("\r\n");
            if (parent < 0) return;
            text.Append("\r\n> ");
            Paragraphs(text, parent, 2, "> ", "\r\n");
            text.Append("\r\n");
            return;
        }
        text.Append("Content-Type: multipart/alternative; boundary=\"=_ways\"\r\n\r\n--=_ways\r\n").Append(Plain);
        Paragraphs(text, number, 2, "", "\r\n");
        text.Append("--=_ways\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n");
        WriteHtml(text, number, name);
        text.Append("--=_ways--\r\n");
    }

    /// <summary>Tables and styles of its own on each element, as newsletters have them.</summary>
    private static void WriteHtml(StringBuilder text, int number, string name)
    {
        text.Append("<!doctype html><html><head><style>.lead{font-size:18px;color:#234} td{vertical-align:top}</style></head><body style=\"margin:0;background:#f4f4f4\">\r\n");
        text.Append("<table width=\"600\" cellpadding=\"0\" cellspacing=\"0\" style=\"margin:auto;background:#fff\">\r\n");
        if (Hash(number, 8) % 4 == 0) text.Append(CultureInfo.InvariantCulture, $"<tr><td><img src=\"https://images.people.test/{number}.png\" width=\"600\" height=\"120\" alt=\"\"></td></tr>\r\n");
        for (var row = 0; row < 6 + (Hash(number, 9) % 12); row++)
        {
            text.Append("<tr><td style=\"padding:12px;font-family:Arial,sans-serif;font-size:14px;color:#333333\"><p class=\"lead\">");
            Paragraphs(text, number + row, 1, "", "</p>\r\n");
            text.Append(CultureInfo.InvariantCulture, $"<a href=\"https://people.test/{number}/{row}\" style=\"color:#1155cc\">people.test</a></td></tr>\r\n");
        }
        text.Append("</table><p>").Append(name).Append("</p></body></html>\r\n");
    }

    private static void Paragraphs(StringBuilder text, int seed, int paragraphs, string indent, string end)
    {
        for (var paragraph = 0; paragraph < paragraphs; paragraph++)
        {
            for (var line = 0; line < 4; line++)
            {
                for (var word = 0; word < 11; word++) text.Append(words[Hash(seed + (paragraph * 97), 10 + (line * 11) + word) % words.Length]).Append(' ');
                text.Append("\r\n").Append(indent);
            }
            text.Append(end).Append(indent);
        }
        text.Append("\r\n");
    }

    private static void WriteAttachment(StringBuilder text, int number)
    {
        text.Append("\r\n--=_all\r\nContent-Type: application/pdf; name=\"rapport.pdf\"\r\nContent-Disposition: attachment; filename=\"rapport.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n");
        var octets = new byte[57];
        for (var line = 0; line < 100; line++)
        {
            for (var at = 0; at < octets.Length; at++) octets[at] = (byte)Hash(number, (line * 57) + at);
            text.Append(Convert.ToBase64String(octets)).Append("\r\n");
        }
        text.Append("--=_all--\r\n");
    }

    private static int ParentOf(int number) => number % 3 == 0 && number > 0 ? Math.Max(0, number - 1 - (int)(Hash(number, 11) % 40)) : -1;

    private static int RootOf(int number)
    {
        while (ParentOf(number) is >= 0 and var parent) number = parent;
        return number;
    }

    private static uint Hash(int number, int salt)
    {
        var mixed = unchecked(((uint)number * 2654435761u) ^ ((uint)salt * 0x9E3779B9u));
        mixed = unchecked((mixed ^ (mixed >> 15)) * 0x85EBCA6Bu);
        return mixed ^ (mixed >> 13);
    }
}
