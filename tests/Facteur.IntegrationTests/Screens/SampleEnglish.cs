using static Facteur.IntegrationTests.Screens.SampleParts;

namespace Facteur.IntegrationTests.Screens;

/// <summary>The mailbox of somebody who binds books, in English.</summary>
internal static class SampleEnglish
{
    private const int Day = 24 * 60;

    public static SampleMail Mailbox() => new("en-GB",
        [("Bindery", "#1f6fb2"), ("Bindery/Abbey library", "#1f6fb2"), ("Invoices", "#b3541e"), ("Family", "#8e4585"), ("Travel", "#2e7d4f")], [.. Fresh(), .. Earlier(), .. Elsewhere()])
    {
        Person = "Emma Clarke", Conversation = "Abbey library: leather samples", Newsletter = "The Paper Letter: what we read in November", Invitation = "Workshop planning", Phishing = "Your mailbox will be closed",
        SearchBegun = "from:priya has", Search = "from:priya has:attachment", Subject = "Quote for twelve quarter bindings", Text = "Dear Margaret,\n\nHere is the quote for the twelve quarter bindings we spoke about on Monday.",
        Command = "archi", LabelPart = "bin", Shop = "the corner stationer", Absence = "Hello,\n\nI am away until Monday and will answer when I am back.",
    };

    private static IEnumerable<SampleMessage> Fresh()
    {
        yield return new(Came(6, "Margaret Holt <m.holt@abbey-library.test>", "Re: Abbey library: leather samples", """
            Dear Emma,

            The second calf is the one: it is very close to the spines we have. Could you let us
            know what it would cost for all forty volumes, and how long it would take?

            Our measurements and a photograph of the shelf are attached.

            With kind regards,
            Margaret Holt

            On 12 Nov, Emma Clarke wrote:
            > Dear Margaret,
            > the three samples went off this morning. The second has been toned by hand.
            > Do tell me what you think before Thursday.
            """, "").With(("Measurements.pdf", "application/pdf", 184_320), ("Shelf 14.jpg", "image/jpeg", 412_000)) with { Id = "abbey-3@abbey.test", Thread = "abbey-1@abbey.test" }, Label: "Bindery/Abbey library");
        yield return new(Came(6 * 60, "Emma Clarke <emma.clarke@demo.test>", "Re: Abbey library: leather samples", """
            Dear Margaret,

            the three samples went off this morning. The second has been toned by hand.
            Do tell me what you think before Thursday.

            Emma
            """) with { Id = "abbey-2@abbey.test", Thread = "abbey-1@abbey.test" });
        yield return new(Came(Day + 95, "Margaret Holt <m.holt@abbey-library.test>", "Abbey library: leather samples", """
            Dear Emma,

            We should love to see samples before we decide. The old spines are a warm brown,
            rather faded; a perfect match is not needed.

            Margaret
            """, "\\Seen \\Flagged") with { Id = "abbey-1@abbey.test" });
        yield return new(Came(24, "Priya Shah <priya@papermill.test>", "Invoice 2026-118: cotton rag, 90 gsm", "Hi Emma, here is the invoice for Tuesday’s delivery. The missing ream leaves tomorrow, at no charge.", "").With(("Invoice 2026-118.pdf", "application/pdf", 96_400)), Label: "Invoices");
        yield return new(Came(52, "Grandma Joan <joan.clarke@family.test>", "Pictures from Sunday", "Darling, thank you for such a lovely Sunday. Here are the pictures, do keep them. Love, Grandma", "\\Flagged").With(("Sunday 1.jpg", "image/jpeg", 350_000), ("Sunday 2.jpg", "image/jpeg", 298_000)), Label: "Family");
        yield return new(Came(118, "The Paper Letter <letter@paper.test>", "The Paper Letter: what we read in November", "", "").Html(Letter) with { More = "List-Unsubscribe: <https://paper.test/leave>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" });
        yield return new(Came(171, "Oliver Reed <oliver@reed-press.test>", "Workshop planning", "Shall we plan the spring workshops next week?", "")
            .Inviting(Meeting("Workshop planning", "The Print Room, Bristol", "Oliver Reed", "oliver@reed-press.test", "emma.clarke@demo.test")), Label: "Bindery");
        yield return new(Came(205, "Bristol Council <planning@council.test>", "Your application is complete", "Dear Ms Clarke, we have all we need for your application. You will hear from us within eight weeks."));
    }

    private static IEnumerable<SampleMessage> Earlier()
    {
        yield return new(Came(Day + 20, "Nadia Khan <nadia@bookfair.test>", "Book fair: who can run the stall?", "We still need two people for Saturday morning. There will be coffee."));
        yield return new(Came(Day + 140, "Great Western <tickets@trains.test>", "Your tickets to Oxford, leaving 08:12", "Your journey is confirmed. Coach D, seats 51 and 52.").With(("Tickets.pdf", "application/pdf", 61_000)), Label: "Travel");
        yield return new(Came(Day + 300, "Priya Shah <priya@papermill.test>", "What we have this week", "Fresh laid paper in cream, and a little of the blue. Shall I put some aside?"));
        yield return new(Came(2 * Day, "Anton Meyer <anton@meyer-tools.test>", "Press repair: two options", "Recasting the plate costs a fifth more and will last. Details attached.", "\\Seen \\Answered").With(("Options.ods", "application/vnd.oasis.opendocument.spreadsheet", 38_000)), Label: "Bindery");
        yield return new(Came(2 * Day + 200, "Claire Clarke <claire.clarke@family.test>", "Dad’s birthday", "Shall we meet at mine on the 6th? I’ll make the cake, you bring the book, obviously.", "\\Seen \\Flagged"), Label: "Family");
        yield return new(Came(3 * Day, "Severn Bank <service@severn-bank.test>", "Your statement is ready", "The statement of your business account is ready in your online banking."));
        yield return new(Came(4 * Day, "Yan Goff <yan@sharpening.test>", "Your knives are done", "Come by whenever you like. One of them needed a new handle."));
        yield return new(Came(5 * Day, "Crafts Festival <press@crafts.test>", "Call for makers: “Paper and water”", "Applications are open until 15 January. The rules fit on four pages."));
        yield return new(Came(6 * Day, "Sophie Garner <sophie@garner.test>", "A family bible", "Hello, the hinge of our family bible has gone. Could you have a look at it?"), Label: "Bindery");
        yield return new(Came(8 * Day, "Vale Insurance <contact@insurance.test>", "Your liability policy renews", "Your policy is renewed. The certificate is attached.").With(("Certificate.pdf", "application/pdf", 120_000)), Label: "Invoices");
        yield return new(Came(9 * Day, "Leo Martin <leo@studios.test>", "Studio kitchen", "The kettle is back. Please label your milk."));
        yield return new(Came(12 * Day, "Headland Cottage <stay@cottage.test>", "Your stay is confirmed, three nights", "We look forward to seeing you. The keys are in the coded box."), Label: "Travel");
    }

    private static IEnumerable<SampleMessage> Elsewhere()
    {
        yield return new(Came(75, "\"support@your-bank.test\" <notice@mail-7741.test>", "Your mailbox will be closed", "Confirm your password within 24 hours to keep your mailbox.", ""), "Junk");
        yield return new(Came(400, "Emma Clarke <emma.clarke@demo.test>", "Samples on their way", "They went off this morning and should be with you on Thursday."), "Sent");
        yield return new(Came(Day, "Emma Clarke <emma.clarke@demo.test>", "Order of marbled paper", "Hi Priya, could I have", "\\Seen \\Draft"), "Drafts");
    }

    private const string Letter = """
        <style>.top{background:#2a3f66;color:#fff;padding:28px 32px} .button{background:#2a3f66;color:#fff;padding:10px 18px;border-radius:6px;text-decoration:none}</style>
        <body bgcolor="#eef0f4"><table width="620" align="center" cellpadding="0" cellspacing="0" style="background:#ffffff"><tr><td class="top"><h1 style="margin:0;font-size:26px">The Paper Letter</h1><p style="margin:6px 0 0">Making, mending and reading</p></td></tr>
        <tr><td style="padding:24px 32px;color:#333333;line-height:1.6"><h2 style="color:#2a3f66;margin-top:0">Paste, and why it matters</h2>
        <p>Wheat starch has held books together for centuries. We tried five recipes, and one of them is worth the wait.</p><p><img src="https://paper.test/paste.jpg" width="556" height="120" alt="A brush and a bowl of paste"></p>
        <p>Also in this letter: a visit to a marbler, three books on books, and the winter classes.</p><p><a class="button" href="https://paper.test/november">Read the letter</a></p></td></tr></table></body>
        """;
}
