using System.Text;
using Facteur.Mail;

namespace Facteur.Server.Demo;

/// <summary>Messages that carry something: files of many kinds, images in the text, a message inside a message, five megabytes.</summary>
internal static class DemoAttachments
{
    private const int LargeOctets = 5 * 1024 * 1024;

    public static IEnumerable<DemoMessage> Messages(DemoDesk desk)
    {
        var people = DemoDesk.People;
        yield return DemoDesk.Put("INBOX", desk.Begin(people[6], DemoDesk.Me, "The recording you asked for (5 MB)", desk.DaysAgo(3))
            .Text("Hi Camille,\n\nhere is the whole session. It is a bit large, sorry!\n\nPriya\n")
            .Attach("session.wav", "audio/wav", _ => new ValueTask<Stream>(new DemoNoise(LargeOctets))), flagged: true);
        yield return DemoDesk.Put("INBOX", desk.Begin(people[3], DemoDesk.Me, "Facture n° 2026-0042", desk.DaysAgo(6))
            .Text("Bonjour,\n\nVeuillez trouver ci-joint la facture de juin.\n\nZoé Lambert\n")
            .Attach("Facture n° 2026-0042 – été.pdf", "application/pdf", DemoFiles.Pdf("Facture 2026-0042: 1 284,00 EUR")));
        yield return DemoDesk.Put("INBOX", desk.Begin(people[9], DemoDesk.Me, "Photos from the lake", desk.DaysAgo(12))
            .Text("Three pictures, the best is the second one.\n\nAnna\n")
            .Html("<p>Three pictures, the best is the second one.</p><p><img src=\"cid:lake1@demo\" alt=\"\"><img src=\"cid:lake2@demo\" alt=\"\"></p><p>Anna</p>")
            .Inline("lake1@demo", "image/png", DemoFiles.Png(96, 64, 40), "lake1.png")
            .Inline("lake2@demo", "image/png", DemoFiles.Png(96, 64, 160), "lake2.png")
            .Attach("lake3.png", "image/png", DemoFiles.Png(128, 128, 220)));
        yield return DemoDesk.Put("Archive", desk.Begin(people[5], DemoDesk.Me, "Liste des inscrits", desk.DaysAgo(45))
            .Text("Ci-joint la liste au format tableur.\n\nNoël Garçon\nMairie\n")
            .Attach("inscrits.csv", "text/csv", Encoding.UTF8.GetBytes("nom;prénom;âge\r\nDubois;Élodie;34\r\nN'Diaye;Awa;29\r\n"))
            .Attach("règlement.txt", "text/plain", Encoding.UTF8.GetBytes("Article 1 : on s'amuse.\r\n")));
        yield return DemoDesk.Put("INBOX", Forwarded(desk));
        yield return DemoDesk.Put("Archive", desk.Begin(people[4], DemoDesk.Me, "Paper, second draft", desk.DaysAgo(60))
            .Text("Comments welcome.\n\nTom\n").Attach("draft-2.pdf", "application/pdf", DemoFiles.Pdf("On the sorting of letters"))
            .Attach("data.zip", "application/zip", DemoFiles.Zip("data.csv", "x,y\r\n1,2\r\n")));
        yield return DemoDesk.Put("INBOX", desk.Begin(people[10], DemoDesk.Me, "日本語のファイル名", desk.DaysAgo(15))
            .Text("Le nom du fichier est en japonais.\n\nInès\n")
            .Attach("旅行の写真と地図をまとめた資料（最終版）.pdf", "application/pdf", DemoFiles.Pdf("Tokyo")));
    }

    private static MessageBuilder Forwarded(DemoDesk desk)
    {
        var inner = desk.Begin(DemoDesk.People[7], DemoDesk.People[2], "Room booking", desk.DaysAgo(31)).Text("Room 12 is ours on Friday.\n\nŁukasz\n").ToArray();
        return desk.Begin(DemoDesk.People[2], DemoDesk.Me, "Fwd: Room booking", desk.DaysAgo(30)).Text("See the attached message.\n\nSarah\n")
            .Attach(MimeEntity.Message(inner, "Room booking.eml"));
    }
}
