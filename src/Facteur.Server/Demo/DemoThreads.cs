using System.Text;
using Facteur.Mail;

namespace Facteur.Server.Demo;

/// <summary>Conversations of two to eight messages, in French and English: answers carry In-Reply-To and References and quote what they answer;
/// what the owner wrote is in Sent.</summary>
internal static class DemoThreads
{
    private sealed record Language(string[] Subjects, string[] Openings, string[] Sentences, string[] Closings, string Hello, string Reply, string Wrote);

    private static readonly Language French = new(
        [
            "Week-end à la mer", "Travaux de la cuisine", "Réunion de lundi", "Devis pour la toiture", "Anniversaire de mamie", "Covoiturage vers Nantes",
            "Compte rendu du conseil d'école", "Livre prêté", "Vacances d'été", "Recette du gâteau aux noix", "Photos du mariage", "Contrat de location",
            "Problème de chauffage", "Inscription au club de voile", "Budget prévisionnel", "Jardin partagé : qui arrose ?", "Billets de train", "Concert de samedi",
        ],
        ["J'ai bien reçu votre message.", "Merci pour ta réponse si rapide !", "Désolé pour le retard, j'étais en déplacement.", "Bonne nouvelle :", "Petite question :"],
        [
            "Le rendez-vous est fixé à jeudi, à 18 h 30, devant la mairie.", "On peut se garer derrière l'église, c'est gratuit après 19 h.",
            "Le devis s'élève à 1 284 € hors taxes, ce qui me paraît raisonnable.", "Pense à apporter un pull, les soirées sont fraîches.",
            "J'ai vérifié les horaires : le train de 7 h 42 arrive à temps.", "La chaudière fait à nouveau un drôle de bruit depuis hier soir.",
            "Peux-tu m'envoyer la liste des invités avant mercredi ?", "Il reste deux places dans la voiture, une à l'avant et une à l'arrière.",
            "Nous avions prévu douze couverts, mais Noël et Inès ne viendront pas.", "Le propriétaire demande un mois de caution supplémentaire.",
            "Les photos sont sur la clé, il y en a près de trois cents.", "Je préfère la deuxième proposition, plus simple et moins chère.",
        ],
        ["À très vite,", "Bien à vous,", "Bises,", "Cordialement,", "Bonne soirée,"], "Bonjour {0},", "Re: ", "Le {0:dd/MM/yyyy}, {1} a écrit :");

    private static readonly Language English = new(
        [
            "Trip to Lisbon", "Quarterly figures", "Lunch on Thursday?", "Bike for sale", "Reading group, next book", "Server room key", "Slides for Monday",
            "Band rehearsal", "Your talk proposal", "Lost umbrella", "Visa paperwork", "Garden fence",
        ],
        ["Thanks for the quick answer!", "Sorry for the delay, I was travelling.", "Good news:", "One small question:", "I looked into it."],
        [
            "The meeting has moved to half past two, same room.", "I can bring the projector if nobody else does.", "The figures for March are still missing, I asked for them again.",
            "There is a good place round the corner that does soup.", "The key is with the porter, ask for number twelve.", "I would go for the cheaper ticket, the times are nearly the same.",
            "Chapter four is the one everybody talks about.", "They want the form signed by both of us, on paper.", "It rained all week, so the paint has not dried yet.",
            "Could you have a look at the second page before I send it?", "We still need somebody who can play the bass.",
        ],
        ["Best,", "Cheers,", "See you soon,", "Kind regards,"], "Hi {0},", "Re: ", "On {0:d MMM yyyy}, {1} wrote:");

    /// <summary>Thread after thread, without end; take as many messages as wanted.</summary>
    public static IEnumerable<DemoMessage> Messages(DemoDesk desk)
    {
        for (var thread = 0; ; thread++)
        {
            var person = DemoDesk.People[desk.Next(DemoDesk.People.Length)];
            var language = person.French ? French : English;
            var subject = language.Subjects[thread % language.Subjects.Length];
            var age = Math.Pow(desk.Next(1000) / 1000.0, 2) * 500; // most of it recent
            foreach (var message in Thread(desk, person, language, subject, age))
                yield return message;
        }
    }

    private static IEnumerable<DemoMessage> Thread(DemoDesk desk, DemoPerson person, Language language, string subject, double age)
    {
        var references = new List<string>();
        string? before = null;
        var writer = desk.Chance(0.7) ? person : DemoDesk.Me;
        var date = desk.DaysAgo(age);
        var length = 2 + desk.Next(7);
        for (var i = 0; i < length && date <= desk.Now; i++)
        {
            var reader = writer == DemoDesk.Me ? person : DemoDesk.Me;
            var text = Letter(desk, language, writer, reader);
            var message = desk.Begin(writer, reader, (i == 0 ? "" : language.Reply) + subject, date).Text(before is null ? text : text + '\n' + before);
            if (references.Count > 0)
                message.InReplyTo = [references[^1]];
            message.References = [.. references];
            references.Add(message.MessageId!);
            yield return DemoDesk.Put(MailboxFor(desk, writer, age), message, seen: writer == DemoDesk.Me || age > 2 || desk.Chance(0.5), flagged: desk.Chance(0.05));
            before = Quoted(language, writer, date, text);
            date += TimeSpan.FromMinutes(20 + desk.Next(2000));
            writer = reader;
        }
    }

    private static string MailboxFor(DemoDesk desk, DemoPerson writer, double age) =>
        writer == DemoDesk.Me ? "Sent" : age > 60 && desk.Chance(0.6) ? "Archive" : desk.Chance(0.04) ? "Trash" : "INBOX";

    private static string Letter(DemoDesk desk, Language language, DemoPerson writer, DemoPerson reader)
    {
        var text = new StringBuilder();
        text.Append(string.Format(System.Globalization.CultureInfo.InvariantCulture, language.Hello, reader.Name.Split(' ')[0])).Append("\n\n");
        text.Append(desk.Pick(language.Openings)).Append(' ');
        for (var i = 1 + desk.Next(4); i > 0; i--)
            text.Append(desk.Pick(language.Sentences)).Append(i > 1 && desk.Chance(0.3) ? "\n\n" : "\n");
        return text.Append('\n').Append(desk.Pick(language.Closings)).Append('\n').Append(writer.Name).Append('\n').ToString();
    }

    // The letter answered, without what that one quoted.
    private static string Quoted(Language language, DemoPerson writer, DateTimeOffset date, string letter)
    {
        var text = new StringBuilder(string.Format(System.Globalization.CultureInfo.InvariantCulture, language.Wrote, date, writer.Name)).Append('\n');
        foreach (var line in letter.TrimEnd('\n').Split('\n'))
            text.Append(line.Length == 0 ? ">" : "> ").Append(line).Append('\n');
        return text.ToString();
    }
}
