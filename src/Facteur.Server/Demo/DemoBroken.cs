using System.Text;
using Facteur.Mail;

namespace Facteur.Server.Demo;

/// <summary>Mail as it should not be and is: each breaks one rule that a reader must survive.</summary>
internal static class DemoBroken
{
    public static IEnumerable<DemoMessage> Messages(DemoDesk desk)
    {
        var age = 4.0;
        foreach (var lines in Samples())
        {
            var date = desk.DaysAgo(age);
            age += 17;
            var text = lines.ReplaceLineEndings("\r\n").Replace("{date}", MailDate.Format(date), StringComparison.Ordinal);
            yield return DemoDesk.Put("INBOX", Encoding.Latin1.GetBytes(text), date, seen: age > 30);
        }
    }

    private static IEnumerable<string> Samples()
    {
        yield return """
            Date: {date}
            From: "Service clients <service@boutique.test>
            To: moi@demo.test
            Subject: Colis expédié - été 2026 (en-tête en Latin-1 brut)
            Content-Type: multipart/mixed; boundary=colis

            --colis
            Content-Type: text/plain; charset=iso-8859-1

            Votre colis est expédié. La fin de ce message (le dernier délimiteur) manque.
            --colis
            Content-Type: text/html

            <p>Votre colis est <b>exp&eacute;di&eacute;
            """;
        yield return """
            Date: {date}
            From: reports@monitor.example.test
            To: moi@demo.test
            Subject: Nightly report (base64 with junk in it)
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: base64

            QWxsIDQyIGpvYnMg*ZmluaXNoZWQu
            IE5vIGVycm9ycy4=====
            -- 
            scanned by MailShield
            """;
        yield return """
            From: moi@demo.test
            To: moi@demo.test
            Subject: =?utf-8?Q?Note_pour_plus_tard, avec des blancs non cod=C3=A9s?=
            Date: quelque part en juin

            La date de ce message ne se lit pas.
            """;
        yield return """
            Date: {date}
            From: "Newsletter" <news@letters.example.test>
            To: moi@demo.test
            Subject: =?utf-8?B?TW90IGNvZMOpIGNvdXDDqSBlbiBkZXV4IGF1IG1pbGlldSBkJ3VuIGPDqQ==?=
             =?utf-8?Q?_et_un_autre_mal_ferm=C3=A9
            MIME-Version: 1.0
            Content-Type: multipart/alternative; boundary="nowhere"

            There is no boundary at all in this multipart. It has to be shown as text.
            """;
        yield return """
            Date: {date}
            From: lists@example.test
            To: undisclosed-recipients:;
            Subject: Charset that nobody knows
            MIME-Version: 1.0
            Content-Type: text/plain; charset=x-made-up-9
            Content-Transfer-Encoding: quoted-printable

            Caf=E9 and 50=25 off, a lone =equals sign=, and a soft break at the end=
            """;
        yield return """
            Date: {date}
            To: moi@demo.test
            Subject: No From field, and a Content-Type that stops
            Content-Type: text/plain; charset=

            Who wrote this?
            """;
        yield return """
            Date: {date}
            From: a@example.test, "B; C" <b@example.test>; Sarah O'Connor <sarah.oconnor@example.test>
            To: Team: moi@demo.test, ami@demo.test;
            Cc: <@relay.example.test:old@example.test>
            Subject: Groups, routes and semicolons
            Content-Type: text/plain

            Addresses in every dress.
            """;
        yield return """
            Date: {date}
            From: nested@example.test
            To: moi@demo.test
            Subject: Same boundary inside and outside
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary=x

            --x
            Content-Type: multipart/alternative; boundary=x

            --x
            Content-Type: text/plain

            Which part is this?
            --x--
            --x--
            """;
    }
}
