using Facteur.Storage.Queue;

namespace Facteur.Delivery.Bounces;

/// <summary>French.</summary>
internal sealed class FrenchWords : ReportWords
{
    private static readonly string[] months =
        ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"];

    public override string Tag => "fr";
    public override string SenderName => "Service de distribution du courrier";
    public override string Away => "Je suis absent en ce moment et ne lirai peut-être votre message que plus tard.";
    public override string Why => "Pourquoi : ";
    public override string Next => "Ce que vous pouvez faire : ";
    protected override string First => "1er";
    protected override string Month(int month) => months[month - 1];
    protected override string Dated(string day, string month, string year, string time, string zone) => $"{day} {month} {year} à {time} ({zone})";

    public override string Subject(QueueReport kind, string original)
    {
        var (with, alone) = kind switch
        {
            QueueReport.Failure => ("Non remis : ", "Votre message n'a pas été remis"),
            QueueReport.Delay => ("Pas encore remis : ", "Votre message n'est pas encore remis"),
            QueueReport.Success => ("Remis : ", "Votre message a été remis"),
            QueueReport.Relayed => ("Transmis : ", "Votre message a été transmis"),
            QueueReport.Expanded => ("Remis à la liste : ", "Votre message a été remis à la liste"),
            _ => ("Suites de : ", "Ce qu'est devenu votre message"),
        };
        return original.Length == 0 ? alone : with + original;
    }

    public override string ReplySubject(string original) => original.Length == 0 ? "Réponse automatique" : $"Réponse automatique : {original}";

    public override string Greeting(string host) => $"Ici le serveur de courrier {host}.";

    public override string Intro(QueueReport kind, string subject, string date, int recipients)
    {
        var message = subject.Length == 0 ? $"Votre message du {date}" : $"Votre message « {subject} » du {date}";
        var to = recipients == 1 ? "cette adresse" : $"ces {Number(recipients)} adresses";
        return kind switch
        {
            QueueReport.Failure => $"{message} n'a pas pu être remis à {to} :",
            QueueReport.Delay => $"{message} n'est pas encore parvenu à {to} :",
            QueueReport.Success => $"{message} a été remis dans la boîte de {to} :",
            QueueReport.Relayed => $"{message} a été accepté par le serveur de {to}, qui n'avertit pas lorsqu'il remet un message :",
            _ => $"{message} a été remis à {to}, qui le transmettent à plusieurs personnes :",
        };
    }

    public override string Answered(string host) => host.Length == 0 ? "Ce qui s'est passé : " : $"Le serveur {host} a répondu : ";
    public override string GaveUp(int attempts) => attempts > 1 ? $"Après {Number(attempts)} tentatives, ce serveur a renoncé. " : "Ce serveur a renoncé. ";

    public override string KeepsTrying(string? until) =>
        (until is null ? "Ce serveur continue d'essayer." : $"Ce serveur continue d'essayer jusqu'au {until}.")
        + " Inutile de renvoyer le message : vous serez averti en cas d'échec.";

    public override string More(int recipients) =>
        recipients == 1 ? "… et 1 autre adresse, nommée dans l'état joint." : $"… et {Number(recipients)} autres adresses, nommées dans l'état joint.";

    public override string Footer(string transaction, bool returnsMessage, bool returnsHeader) =>
        "Les détails techniques sont joints"
        + (returnsMessage ? ", avec le message lui-même." : returnsHeader ? ", avec l'en-tête du message." : ".")
        + (transaction.Length == 0 ? "" : $" Un administrateur retrouve cet envoi sous la référence {transaction}.");

    public override (string Why, string Next) Cause(FailureCause cause) => cause switch
    {
        FailureCause.UnknownAddress => ("Cette adresse n'existe pas dans ce domaine.", "Vérifiez l'orthographe, ou demandez l'adresse à la personne par un autre moyen."),
        FailureCause.UnknownDomain => ("Le domaine qui suit « @ » n'existe pas, ou aucun chemin ne mène à son serveur de courrier.", "Vérifiez l'orthographe de ce qui suit « @ »."),
        FailureCause.NoMailDomain => ("Le domaine qui suit « @ » ne reçoit aucun courrier.", "Vérifiez l'orthographe de ce qui suit « @ », ou joignez la personne par un autre moyen."),
        FailureCause.BadAddress => ("L'autre serveur ne reconnaît pas une adresse dans ce qui est écrit.", "Vérifiez l'orthographe ; cherchez une espace, une virgule ou un guillemet de trop."),
        FailureCause.Ambiguous => ("L'adresse correspond là-bas à plusieurs boîtes.", "Demandez à la personne son adresse exacte."),
        FailureCause.Moved => ("La personne n'est plus à cette adresse.", "Demandez à la personne sa nouvelle adresse."),
        FailureCause.SenderAddress => ("L'autre serveur n'accepte pas l'adresse depuis laquelle vous écrivez.", "Montrez ce message à votre administrateur : votre adresse ou son domaine est peut-être mal réglé."),
        FailureCause.MailboxDisabled => ("La boîte existe, mais ne reçoit pas de courrier en ce moment.", "Joignez la personne par un autre moyen, ou réessayez dans quelques jours."),
        FailureCause.MailboxFull => ("La boîte de la personne est pleine.", "Prévenez-la par un autre moyen, et renvoyez le message quand elle aura fait de la place."),
        FailureCause.TooLarge => ("Le message est plus volumineux que ce qu'accepte l'autre serveur.", "Envoyez-le sans ses pièces jointes, ou partagez-les par un lien."),
        FailureCause.TooManyRecipients => ("Le message a plus de destinataires que l'autre serveur n'en accepte à la fois.", "Envoyez-le à moins de personnes à la fois."),
        FailureCause.List => ("L'adresse est une liste qui n'a pas pu être développée.", "Écrivez au responsable de la liste."),
        FailureCause.ListForbidden => ("Seules certaines personnes peuvent écrire à cette liste.", "Demandez l'autorisation au responsable de la liste, et vérifiez depuis quelle adresse vous avez écrit."),
        FailureCause.RemoteTrouble => ("Le serveur de courrier du destinataire est en panne ou n'a plus de place.", "Votre message n'est pas en cause. Renvoyez-le plus tard, ou joignez la personne par un autre moyen."),
        FailureCause.NoAnswer => ("Le serveur de courrier du destinataire est injoignable.", "Vérifiez l'orthographe de ce qui suit « @ ». Si elle est juste, renvoyez le message plus tard."),
        FailureCause.NoName => ("Les serveurs de noms du domaine du destinataire ne répondent pas.", "Vérifiez l'orthographe de ce qui suit « @ ». Si elle est juste, renvoyez le message plus tard."),
        FailureCause.Loop => ("Le message tourne en rond : l'adresse renvoie vers elle-même.", "Prévenez la personne par un autre moyen ; un transfert y est mal réglé."),
        FailureCause.Expired => ("Le délai prévu pour sa remise est écoulé.", "Renvoyez le message plus tard, ou joignez la personne par un autre moyen."),
        FailureCause.Protocol => ("Les deux serveurs de courrier ne se sont pas compris.", "Montrez ce message à votre administrateur."),
        FailureCause.Content => ("L'autre serveur n'accepte pas le contenu du message, ou sa forme.", "Envoyez-le en texte simple, ou sans ses pièces jointes."),
        FailureCause.International => ("L'autre serveur ne traite pas les adresses ou les en-têtes qui portent des accents ou d'autres lettres hors de l'ASCII.", "Utilisez une adresse sans ces lettres, si la personne en a une."),
        FailureCause.Policy => ("Les règles de l'autre serveur refusent le message.", "Sa réponse ci-dessus dit peut-être laquelle. Joignez la personne par un autre moyen, ou montrez ce message à votre administrateur."),
        FailureCause.Encryption => ("Le message ne doit voyager que chiffré, et aucune connexion assez sûre n'a pu être établie avec l'autre serveur.", "Réessayez plus tard, ou joignez la personne par un autre moyen ; l'administrateur de l'autre serveur peut y remédier."),
        FailureCause.Authenticity => ("L'autre serveur n'a pas pu vérifier que le message vient bien de votre domaine.", "Votre message n'est pas en cause. Montrez ceci à votre administrateur, qui vérifiera les enregistrements SPF, DKIM et DMARC du domaine."),
        FailureCause.Reputation => ("L'autre serveur se méfie du serveur qui a envoyé votre message.", "Votre message n'est pas en cause. Montrez ceci à votre administrateur."),
        FailureCause.OurAccess => ("L'autre serveur demande à celui-ci de s'identifier, et cela a échoué.", "Votre message n'est pas en cause. Montrez ceci à votre administrateur."),
        FailureCause.PutOff => ("L'autre serveur demande de réessayer plus tard.", "Votre message n'est pas en cause ; c'est courant quand deux serveurs se rencontrent pour la première fois."),
        FailureCause.Suppressed => ("Ce serveur n'envoie plus rien à cette adresse.", "La ligne ci-dessus dit depuis quand et pourquoi. Si l'adresse est juste, faites-la retirer de la liste de suppression."),
        FailureCause.ByUs => ("Ce serveur a mis fin à la remise.", "Montrez ce message à votre administrateur si la ligne ci-dessus ne l'explique pas."),
        _ => ("L'autre serveur refuse le message.", "Sa réponse ci-dessus dit peut-être pourquoi. Joignez la personne par un autre moyen, ou montrez ce message à votre administrateur."),
    };
}
