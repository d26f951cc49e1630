using System.Globalization;
using System.Text;
using Facteur.Mail;

namespace Facteur.Server.Demo;

/// <summary>Newsletters and mailing lists: HTML with tables and styles, List-Id (RFC 2919), List-Unsubscribe (RFC 2369) in one click (RFC 8058).</summary>
internal static class DemoNewsletters
{
    private sealed record Letter(string Name, string Address, string ListId, string Accent, bool French, string[] Subjects, string[] Items);

    private static readonly Letter[] Letters =
    [
        new("La Gazette du Potager", "gazette@potager.exemple.test", "gazette.potager.exemple.test", "#2f7d32", true,
            ["Que semer en ce moment ?", "Limaces : la trêve est finie", "Le compost sans odeur, c'est possible", "Les tomates n'aiment pas la pluie"],
            ["Semis de la semaine : laitues, radis, persil.", "Trois gestes contre les pucerons, sans produit.", "Le coin des lecteurs : un potager sur un balcon de 2 m².", "Recette : tarte aux blettes."]),
        new("The Daily Byte", "editor@dailybyte.example.test", "daily.dailybyte.example.test", "#1a4fa3", false,
            ["Why your clock is wrong", "A short history of the semicolon", "Ten years of the same bug", "The mail must get through"],
            ["A file system that forgets nothing, and what it costs.", "Reader question: should one still run one's own mail server?", "Benchmark of the week: nothing beats not doing it.", "Obituary: the parallel port."]),
        new("Ciné-Club du Jeudi", "seances@cineclub.exemple.test", "seances.cineclub.exemple.test", "#8e1b3a", true,
            ["Au programme jeudi : « Playtime »", "Soirée courts métrages", "Séance annulée, reportée au 12", "Votez pour le prochain film"],
            ["Projection à 20 h 30, débat à 22 h 30.", "Tarif réduit pour les moins de 26 ans.", "La buvette ouvre à 19 h 45.", "Prochaine séance : un film muet, avec piano."]),
        new("SkyFare Deals", "deals@skyfare.example.test", "deals.skyfare.example.test", "#d4650a", false,
            ["48 hours only: fly from €19 ✈️", "Your saved search has new prices", "Last call ⏰ summer seats", "We miss you, Camille"],
            ["Nantes → Porto from €24 one way.", "Bring a friend: the second bag is free.", "Prices seen in the last 12 hours, taxes included.", "Terms apply. Of course they do."]),
    ];

    /// <summary>Letters without end, a few days apart.</summary>
    public static IEnumerable<DemoMessage> Messages(DemoDesk desk)
    {
        for (var issue = 0; ; issue++)
        {
            var letter = Letters[issue % Letters.Length];
            var message = Write(desk, letter, issue / Letters.Length, desk.DaysAgo(0.3 + issue * 4.7));
            var fate = desk.Next(10);
            yield return DemoDesk.Put(fate == 0 ? "Trash" : fate < 3 && issue > 8 ? "Archive" : letter.ListId.StartsWith("deals", StringComparison.Ordinal) && fate > 6 ? "Junk" : "INBOX",
                message, seen: issue > 5 && fate > 1);
        }
    }

    private static MessageBuilder Write(DemoDesk desk, Letter letter, int issue, DateTimeOffset date)
    {
        var number = 112 - issue;
        var subject = letter.Subjects[issue % letter.Subjects.Length];
        var items = letter.Items.OrderBy(_ => desk.Next(100)).Take(3).ToArray();
        var unsubscribe = $"https://{letter.ListId}/unsubscribe?u=moi&n={number}";
        return desk.Begin(new DemoPerson(letter.Name, letter.Address, letter.French), DemoDesk.Me, subject, date)
            .Header("List-Id", $"{letter.Name} <{letter.ListId}>")
            .Header("List-Unsubscribe", $"<{unsubscribe}>")
            .Header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
            .Header("Precedence", "bulk")
            .Text($"{subject}\n\n{string.Concat(items.Select(item => $"* {item}\n"))}\n{(letter.French ? "Se désabonner" : "Unsubscribe")}: {unsubscribe}\n")
            .Html(Html(letter, subject, items, number, unsubscribe));
    }

    private static string Html(Letter letter, string subject, string[] items, int number, string unsubscribe)
    {
        var html = new StringBuilder();
        html.Append(CultureInfo.InvariantCulture, $$"""
            <!DOCTYPE html>
            <html lang="{{(letter.French ? "fr" : "en")}}"><head><meta charset="utf-8"><title>{{letter.Name}}</title>
            <style>body { margin: 0; background: #eee } .card { background: #fff; max-width: 36em } a { color: {{letter.Accent}} }</style></head>
            <body><div style="display:none;max-height:0">{{subject}} &#847;&zwnj;&nbsp;&#847;&zwnj;&nbsp;</div>
            <table role="presentation" width="100%"><tr><td align="center"><table class="card" cellpadding="16">
            <tr><td style="background:{{letter.Accent}};color:#fff;font-size:1.4em">{{letter.Name}} <small>n&deg; {{number}}</small></td></tr>
            <tr><td><h1 style="font-size:1.2em">{{subject}}</h1>

            """);
        foreach (var item in items)
            html.Append(CultureInfo.InvariantCulture, $"<p>{item}</p>\n");
        html.Append(CultureInfo.InvariantCulture, $"""
            <p><img src="https://{letter.ListId}/img/{number}.jpg" alt="" width="320" height="120"></p></td></tr>
            <tr><td style="font-size:.8em;color:#777"><a href="{unsubscribe.Replace("&", "&amp;", StringComparison.Ordinal)}">{(letter.French ? "Se d&eacute;sabonner" : "Unsubscribe")}</a>
            <img src="https://track.{letter.ListId}/o.gif?u=moi" width="1" height="1" alt=""></td></tr></table></td></tr></table></body></html>

            """);
        return html.ToString();
    }
}
