using System.Globalization;
using Facteur.Mail;

namespace Facteur.Server.Demo;

/// <summary>What machines write: orders, parcels, bills, alerts, codes.</summary>
internal static class DemoNotices
{
    /// <summary>Notices without end.</summary>
    public static IEnumerable<DemoMessage> Messages(DemoDesk desk)
    {
        for (var number = 0; ; number++)
        {
            var date = desk.DaysAgo(0.1 + number * 3.9);
            var notice = (number % 6) switch
            {
                0 => Order(desk, date, 40_817 - number * 13),
                1 => Parcel(desk, date, 8_870_113 + number),
                2 => Bill(desk, date),
                3 => Build(desk, date, 1_200 - number),
                4 => Code(desk, date),
                _ => Library(desk, date),
            };
            yield return DemoDesk.Put(number % 9 == 8 ? "Trash" : number > 20 && number % 2 == 0 ? "Archive" : "INBOX", notice, seen: number > 3 && number % 7 != 0, flagged: number % 23 == 11);
        }
    }

    private static MessageBuilder From(DemoDesk desk, string name, string address, string subject, DateTimeOffset date) =>
        desk.Begin(new DemoPerson(name, address, true), DemoDesk.Me, subject, date).Header("Auto-Submitted", "auto-generated");

    private static MessageBuilder Order(DemoDesk desk, DateTimeOffset date, int number) =>
        From(desk, "Boutique du Phare", "commandes@phare.exemple.test", $"Commande n° {number} confirmée", date)
            .Text($"Bonjour,\n\nNous préparons votre commande n° {number} :\n\n  1 × lampe à pétrole, laiton    {20 + desk.Next(60)},90 €\n  2 × mèche de rechange           3,50 €\n\nMerci de votre confiance.\n")
            .Html($"<p>Bonjour,</p><p>Nous préparons votre commande <b>n° {number}</b>.</p><table border=1><tr><td>1</td><td>lampe à pétrole, laiton</td></tr><tr><td>2</td><td>mèche de rechange</td></tr></table>");

    private static MessageBuilder Parcel(DemoDesk desk, DateTimeOffset date, int number) =>
        From(desk, "Colis Rapide", "suivi@colis.exemple.test", $"Votre colis {number} arrive demain entre 9 h et 13 h", date)
            .Text($"Suivi : https://colis.exemple.test/{number}\n\nEn votre absence, le colis est laissé chez le voisin.\n");

    private static MessageBuilder Bill(DemoDesk desk, DateTimeOffset date)
    {
        var amount = string.Create(CultureInfo.InvariantCulture, $"{30 + desk.Next(70)},{desk.Next(100):00} €");
        return From(desk, "Énergie Verte", "factures@energie.exemple.test", $"Votre facture de {amount} est disponible", date)
            .Text($"Bonjour Camille Martin,\n\nVotre facture de {amount} sera prélevée le 15.\n")
            .Attach("facture.pdf", "application/pdf", DemoFiles.Pdf("Energie Verte"));
    }

    private static MessageBuilder Build(DemoDesk desk, DateTimeOffset date, int number) =>
        From(desk, "builds", "builds@ci.example.test", desk.Chance(0.3) ? $"[letterbox] Build #{number} failed" : $"[letterbox] Build #{number} passed", date)
            .Header("List-Id", "letterbox builds <letterbox.ci.example.test>")
            .Text($"Build #{number} of letterbox, branch main\n\n  compile   ok     {10 + desk.Next(30)} s\n  tests     {1_000 + desk.Next(200)} run\n\nhttps://ci.example.test/letterbox/{number}\n");

    private static MessageBuilder Code(DemoDesk desk, DateTimeOffset date) =>
        From(desk, "Sécurité", "ne-pas-repondre@compte.exemple.test", $"{100_000 + desk.Next(900_000)} est votre code de connexion", date)
            .Text("Ce code est valable dix minutes. Si vous n'êtes pas à l'origine de cette demande, ignorez ce message.\n");

    private static MessageBuilder Library(DemoDesk desk, DateTimeOffset date) =>
        From(desk, "Médiathèque municipale", "mediatheque@ville.exemple.test", "Rappel : deux documents à rendre avant vendredi", date)
            .Text($"Bonjour,\n\nLes documents suivants sont à rendre :\n\n- « Les Travailleurs de la mer », Victor Hugo\n- « {desk.Pick(["L'Île mystérieuse", "Le Grand Meaulnes", "Les Vagues", "Bâtons, chiffres et lettres"])} »\n\nHoraires : mardi à samedi, 10 h - 18 h.\n");
}
