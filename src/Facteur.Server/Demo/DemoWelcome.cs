using System.Globalization;
using Facteur.Mail;

namespace Facteur.Server.Demo;

/// <summary>What a newcomer sees first: a welcome, an invitation, a draft, a phishing attempt.</summary>
internal static class DemoWelcome
{
    public static IEnumerable<DemoMessage> Messages(DemoDesk desk)
    {
        yield return DemoDesk.Put("INBOX", Welcome(desk), seen: false, flagged: true);
        yield return DemoDesk.Put("INBOX", Invitation(desk), seen: false);
        yield return DemoDesk.Put("Junk", Phishing(desk), seen: false);
        yield return DemoDesk.Put("Junk", Lottery(desk), seen: false);
        yield return DemoDesk.Put("Drafts", Draft(desk));
        yield return DemoDesk.Put("INBOX", Bounce(desk));
    }

    private static MessageBuilder Welcome(DemoDesk desk) =>
        desk.Begin(DemoDesk.Friend, DemoDesk.Me, "Bienvenue dans Facteur · Welcome to Facteur 👋", desk.Now - TimeSpan.FromMinutes(2))
            .Text("""
                Bonjour Camille,

                Cette boîte est remplie d'exemples : des conversations, des lettres d'information,
                une invitation, des pièces jointes, et quelques messages abîmés comme on en reçoit
                tous les jours. Tout reste sur cette machine.

                Répondez-moi : je lis mes messages dans l'autre compte de la démonstration.

                --
                Éloïse

                ----

                Hello Camille,

                This mailbox is filled with samples. Nothing leaves this machine. Write me an answer,
                I read it in the other account of the demo.
                """)
            .Html("""
                <!DOCTYPE html><html><body style="font-family: sans-serif; max-width: 40em">
                <h1 style="font-size: 1.3em">Bienvenue dans Facteur</h1>
                <p>Bonjour Camille,</p>
                <p>Cette boîte est remplie d'exemples&nbsp;: des conversations, des lettres d'information, une invitation,
                des pièces jointes, et quelques messages abîmés comme on en reçoit tous les jours. <b>Tout reste sur cette machine.</b></p>
                <p>Répondez-moi&nbsp;: je lis mes messages dans l'autre compte de la démonstration.</p>
                <hr><p lang="en">This mailbox is filled with samples. Nothing leaves this machine. Write me an answer,
                I read it in the other account of the demo.</p>
                <p>Éloïse</p></body></html>
                """);

    // RFC 6047 §2.4: text/calendar with the method of the invitation (RFC 5546).
    private static MessageBuilder Invitation(DemoDesk desk)
    {
        var start = desk.Now.Date.AddDays(3).AddHours(14);
        var calendar = string.Create(CultureInfo.InvariantCulture, $"""
            BEGIN:VCALENDAR
            PRODID:-//Facteur//Demo//FR
            VERSION:2.0
            METHOD:REQUEST
            BEGIN:VEVENT
            UID:reunion-budget@exemple.test
            DTSTAMP:{desk.Now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}
            DTSTART:{start:yyyyMMdd'T'HHmmss'Z'}
            DTEND:{start.AddHours(1):yyyyMMdd'T'HHmmss'Z'}
            SUMMARY:Réunion budget
            LOCATION:Salle Émile Zola
            ORGANIZER;CN=Jérôme Lefèvre:mailto:jerome.lefevre@exemple.test
            ATTENDEE;CN=Camille Martin;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:moi@demo.test
            STATUS:CONFIRMED
            SEQUENCE:0
            END:VEVENT
            END:VCALENDAR

            """);
        var alternative = MimeEntity.Multipart("alternative",
        [
            MimeEntity.Text("Bonjour,\n\nJe vous propose une réunion sur le budget, salle Émile Zola.\n\nJérôme\n"),
            MimeEntity.Text("<p>Bonjour,</p><p>Je vous propose une réunion sur le <b>budget</b>, salle Émile Zola.</p><p>Jérôme</p>", "html"),
            MimeEntity.Text(calendar, "calendar").With("method", "REQUEST"),
        ], "invitation");
        return desk.Begin(DemoDesk.People[1], DemoDesk.Me, "Invitation : Réunion budget", desk.DaysAgo(0.4)).Body(alternative);
    }

    // The tricks a mail program has to show: a name that is another address, a link that leads elsewhere than it says.
    private static MessageBuilder Phishing(DemoDesk desk) =>
        desk.Begin(new DemoPerson("Votre Banque <securite@votre-banque.example>", "no-reply@xn--votre-bnque-x8a.test", true), DemoDesk.Me,
                "URGENT : votre compte sera suspendu sous 24 h", desk.DaysAgo(1.2))
            .ReplyTo("collecte@rapide.test")
            .Html("""
                <html><body><p>Cher(e) client(e),</p>
                <p>Une activité inhabituelle a été détectée. Confirmez votre identité sans attendre&nbsp;:</p>
                <p><a href="http://192.0.2.66/votre-banque/login.php?u=moi@demo.test">https://www.votre-banque.example/securite</a></p>
                <p style="display:none">roman fleuve jardin musique</p>
                <img src="http://192.0.2.66/p.gif?moi" width="1" height="1" alt="">
                <p>Le service s&eacute;curit&eacute;</p></body></html>
                """);

    private static MessageBuilder Lottery(DemoDesk desk) =>
        desk.Begin(new DemoPerson("Mrs. Grace W.", "grace@lucky.example.test", false), DemoDesk.Me, "YOU HAVE WON 1,500,000.00 EUR!!!", desk.DaysAgo(9))
            .Text("Dear beneficiary,\n\nYour e-mail address was drawn among all. Send your full name and a copy of your passport.\n\nMrs. Grace\n");

    private static MessageBuilder Draft(DemoDesk desk) =>
        desk.Begin(DemoDesk.Me, DemoDesk.People[3], "Devis pour la bibliothèque", desk.DaysAgo(2))
            .Text("Bonjour Zoé,\n\nMerci pour votre visite. Voici les mesures promises :\n\n- hauteur : 2,40 m\n- largeur : \n");

    // A bounce as RFC 3464 has it, for what the person sent to a wrong address.
    private static MessageBuilder Bounce(DemoDesk desk)
    {
        var date = desk.DaysAgo(20);
        var report = MimeEntity.Multipart("report",
        [
            MimeEntity.Text("Your message could not be delivered to sarah.oconor@example.test: there is no such address.\n"),
            MimeEntity.Verbatim("message/delivery-status", """
                Reporting-MTA: dns; mx.example.test

                Final-Recipient: rfc822; sarah.oconor@example.test
                Action: failed
                Status: 5.1.1
                Diagnostic-Code: smtp; 550 5.1.1 no such user

                """u8.ToArray().WithCrLf()),
            MimeEntity.Verbatim("text/rfc822-headers", """
                From: Camille Martin <moi@demo.test>
                To: sarah.oconor@example.test
                Subject: Photos

                """u8.ToArray().WithCrLf()),
        ], "bounce").With("report-type", "delivery-status");
        return desk.Begin(new DemoPerson("Mail Delivery System", "mailer-daemon@example.test", false), DemoDesk.Me, "Undelivered Mail Returned to Sender", date)
            .Header("Auto-Submitted", "auto-replied").Body(report);
    }

    /// <summary>The same lines ended by CRLF, whatever the source file has.</summary>
    internal static byte[] WithCrLf(this byte[] lines) =>
        System.Text.Encoding.Latin1.GetBytes(System.Text.Encoding.Latin1.GetString(lines).Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal));
}
