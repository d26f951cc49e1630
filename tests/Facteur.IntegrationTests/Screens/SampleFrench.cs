using static Facteur.IntegrationTests.Screens.SampleParts;

namespace Facteur.IntegrationTests.Screens;

/// <summary>The mailbox of a landscape gardener, in French.</summary>
internal static class SampleFrench
{
    private const int Day = 24 * 60;

    public static SampleMail Mailbox() => new("fr-FR",
        [("Chantiers", "#2e7d4f"), ("Chantiers/Villa Durand", "#2e7d4f"), ("Factures", "#b3541e"), ("Famille", "#8e4585"), ("Voyages", "#1f6fb2")], [.. Fresh(), .. Earlier(), .. Elsewhere()])
    {
        Person = "Camille Roux", Conversation = "Plan de plantation, version 3", Newsletter = "Le carnet du potager : semis de saison", Invitation = "Visite du chantier rue des Tilleuls", Phishing = "Votre colis est en attente",
        SearchBegun = "de:inès has", Search = "de:inès pièce:facture", Subject = "Devis terrasse et pergola", Text = "Bonjour Paul,\n\nVoici le devis pour la terrasse et la pergola, comme convenu sur place.",
        Command = "archi", LabelPart = "cha", Shop = "la pépinière du coin", Absence = "Bonjour,\n\nJe suis absente jusqu’à lundi et vous répondrai à mon retour.",
    };

    private static IEnumerable<SampleMessage> Fresh()
    {
        yield return new(Came(6, "Paul Durand <paul.durand@villa-durand.test>", "Re: Plan de plantation, version 3", """
            Bonjour Camille,

            Parfait pour les graminées le long de l’allée. Une seule réserve : le figuier près du mur,
            nous craignons l’ombre sur la terrasse. Peut-on le déplacer côté puits ?

            Vous trouverez ci-joint nos notes et une photo du mur.

            Bien à vous,
            Paul Durand

            Le 12 nov., Camille Roux a écrit :
            > Bonjour Paul,
            > la version 3 tient compte de vos remarques sur l’allée et le potager.
            > Dites-moi ce que vous en pensez avant jeudi.
            """, "").With(("Notes plan v3.pdf", "application/pdf", 184_320), ("Mur nord.jpg", "image/jpeg", 412_000)) with { Id = "plan-3@durand.test", Thread = "plan-1@durand.test" }, Label: "Chantiers/Villa Durand");
        yield return new(Came(6 * 60, "Camille Roux <camille.roux@demo.test>", "Re: Plan de plantation, version 3", """
            Bonjour Paul,

            la version 3 tient compte de vos remarques sur l’allée et le potager.
            Dites-moi ce que vous en pensez avant jeudi.

            Camille
            """) with { Id = "plan-2@durand.test", Thread = "plan-1@durand.test" });
        yield return new(Came(Day + 95, "Paul Durand <paul.durand@villa-durand.test>", "Plan de plantation, version 3", """
            Bonjour Camille,

            Nous avons bien reçu le plan. Deux remarques : l’allée nous paraît étroite, et nous
            aimerions garder la place d’un petit potager.

            Paul
            """, "\\Seen \\Flagged") with { Id = "plan-1@durand.test" });
        yield return new(Came(24, "Inès Benali <ines@pepiniere-benali.test>", "Facture 2026-118 : graminées et vivaces", "Bonjour Camille, voici la facture de la livraison de mardi. Les trois Miscanthus manquants partent demain, sans frais.", "").With(("Facture 2026-118.pdf", "application/pdf", 96_400)), Label: "Factures");
        yield return new(Came(52, "Mamie Jeanne <jeanne.roux@famille.test>", "Photos de dimanche", "Ma chérie, merci encore pour ce dimanche au jardin. Les photos sont là, tu peux les garder. Je t’embrasse, Mamie", "\\Flagged").With(("Dimanche 1.jpg", "image/jpeg", 350_000), ("Dimanche 2.jpg", "image/jpeg", 298_000)), Label: "Famille");
        yield return new(Came(118, "Le carnet du potager <carnet@potager.test>", "Le carnet du potager : semis de saison", "", "").Html(Gazette) with { More = "List-Unsubscribe: <https://potager.test/desabonner>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" });
        yield return new(Came(171, "Hugo Lefèvre <hugo@atelier-lefevre.test>", "Visite du chantier rue des Tilleuls", "Je propose la visite jeudi prochain, avec le maçon.", "")
            .Inviting(Meeting("Visite du chantier rue des Tilleuls", "12 rue des Tilleuls, Angers", "Hugo Lefèvre", "hugo@atelier-lefevre.test", "camille.roux@demo.test")), Label: "Chantiers");
        yield return new(Came(205, "Mairie d’Angers <urbanisme@mairie.test>", "Déclaration préalable : dossier complet", "Madame, votre dossier est réputé complet. Le délai d’instruction court à compter de ce jour."));
    }

    private static IEnumerable<SampleMessage> Earlier()
    {
        yield return new(Came(Day + 20, "Nadia Khelifi <nadia@collectif.test>", "Bourse aux plantes : qui tient le stand ?", "On cherche encore deux personnes pour samedi matin. Il y aura du café."));
        yield return new(Came(Day + 140, "SNCF Connect <billets@trains.test>", "Vos billets pour Nantes, départ 8 h 12", "Votre voyage est confirmé. Voiture 4, places 51 et 52.").With(("Billets.pdf", "application/pdf", 61_000)), Label: "Voyages");
        yield return new(Came(Day + 300, "Inès Benali <ines@pepiniere-benali.test>", "Disponibilités de la semaine", "Arrivage de charmes tiges 14/16 et de Cornus. Je te mets quoi de côté ?"));
        yield return new(Came(2 * Day, "Antoine Meyer <antoine@meyer-maconnerie.test>", "Muret : deux variantes chiffrées", "Bonjour, la pierre sèche fait 20 % de plus mais tiendra mieux. Détail en pièce jointe.", "\\Seen \\Answered").With(("Muret variantes.ods", "application/vnd.oasis.opendocument.spreadsheet", 38_000)), Label: "Chantiers");
        yield return new(Came(2 * Day + 200, "Claire Roux <claire.roux@famille.test>", "Anniversaire de papa", "On se retrouve chez moi le 6 à midi ? Je m’occupe du gâteau, toi des fleurs évidemment.", "\\Seen \\Flagged"), Label: "Famille");
        yield return new(Came(3 * Day, "Banque de la Loire <service@banque-loire.test>", "Votre relevé du mois est disponible", "Votre relevé de compte professionnel est disponible dans votre espace."));
        yield return new(Came(4 * Day, "Yann Le Goff <yann@outillage.test>", "Réparation du motoculteur", "C’est prêt, vous pouvez passer quand vous voulez. Il manquait juste un joint."));
        yield return new(Came(5 * Day, "Festival des jardins <presse@jardins.test>", "Appel à projets : « Jardins de pluie »", "Les candidatures sont ouvertes jusqu’au 15 janvier. Le règlement tient en quatre pages."));
        yield return new(Came(6 * Day, "Sophie Garnier <sophie@garnier.test>", "Haie mitoyenne", "Bonjour, nous aimerions remplacer les thuyas. Passez-vous dans le quartier prochainement ?"), Label: "Chantiers");
        yield return new(Came(8 * Day, "Assurances du Val <contact@assurances.test>", "Échéance de votre responsabilité civile", "Votre contrat est reconduit. L’attestation est jointe.").With(("Attestation.pdf", "application/pdf", 120_000)), Label: "Factures");
        yield return new(Came(9 * Day, "Léo Martin <leo@collectif.test>", "Compost : la benne est arrivée", "Elle est au fond de la cour, servez-vous avant vendredi."));
        yield return new(Came(12 * Day, "Gîte de la Pointe <accueil@gite.test>", "Confirmation de séjour, trois nuits", "Nous vous attendons avec plaisir. Les clés sont dans la boîte à code."), Label: "Voyages");
    }

    private static IEnumerable<SampleMessage> Elsewhere()
    {
        yield return new(Came(75, "\"service-client@laposte.test\" <avis@colis-7741.test>", "Votre colis est en attente", "Réglez 1,99 € de frais de douane dans les 24 heures pour recevoir votre colis.", ""), "Junk");
        yield return new(Came(400, "Camille Roux <camille.roux@demo.test>", "Terrain de Brissac", "Je passe demain vers dix heures prendre les mesures."), "Sent");
        yield return new(Came(Day, "Camille Roux <camille.roux@demo.test>", "Commande de bulbes", "Bonjour Inès, je prendrais bien", "\\Seen \\Draft"), "Drafts");
    }

    private const string Gazette = """
        <style>.top{background:#2f5d3a;color:#fff;padding:28px 32px} .button{background:#2f5d3a;color:#fff;padding:10px 18px;border-radius:6px;text-decoration:none}</style>
        <body bgcolor="#f1efe6"><table width="620" align="center" cellpadding="0" cellspacing="0" style="background:#ffffff"><tr><td class="top"><h1 style="margin:0;font-size:26px">Le carnet du potager</h1><p style="margin:6px 0 0">Semis de saison, gestes du mois</p></td></tr>
        <tr><td style="padding:24px 32px;color:#333333;line-height:1.6"><h2 style="color:#2f5d3a;margin-top:0">Fèves et petits pois : c’est maintenant</h2>
        <p>Semés avant les gelées, ils prennent de l’avance sur le printemps. Un paillage léger suffit à passer l’hiver.</p><p><img src="https://potager.test/feves.jpg" width="556" height="120" alt="Un rang de fèves"></p>
        <p>Au sommaire : tailler les framboisiers, protéger les artichauts, faire ses plants de salade.</p><p><a class="button" href="https://potager.test/semis">Lire le carnet</a></p></td></tr></table></body>
        """;
}
