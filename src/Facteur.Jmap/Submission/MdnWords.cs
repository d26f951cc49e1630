namespace Facteur.Jmap;

/// <summary>What a receipt says to people when the client leaves it to the server, in the language of the account.</summary>
internal static class MdnWords
{
    public static string Subject(string locale, string type, string subject)
    {
        var about = subject.Length > 0 ? subject : locale == "fr" ? "(sans objet)" : "(no subject)";
        return (locale, type) switch
        {
            ("fr", "displayed") => $"Lu : {about}",
            ("fr", "deleted") => $"Supprimé sans avoir été lu : {about}",
            ("fr", _) => $"Traité : {about}",
            (_, "displayed") => $"Read: {about}",
            (_, "deleted") => $"Deleted without being read: {about}",
            _ => $"Processed: {about}",
        };
    }

    // RFC 8098 §3 asks that the text does not promise more than the mode does.
    public static string Text(string locale, string type, string recipient) => (locale, type) switch
    {
        ("fr", "displayed") => $"Votre message à {recipient} a été affiché sur l'ordinateur du destinataire. Rien ne garantit qu'il a été lu ou compris.\r\n",
        ("fr", "deleted") => $"Votre message à {recipient} a été supprimé. Il a pu être vu ou non auparavant.\r\n",
        ("fr", _) => $"Votre message à {recipient} a été traité sans avoir été affiché.\r\n",
        (_, "displayed") => $"Your message to {recipient} was displayed on the recipient's computer. There is no guarantee that it was read or understood.\r\n",
        (_, "deleted") => $"Your message to {recipient} was deleted. It may or may not have been seen before.\r\n",
        _ => $"Your message to {recipient} was processed without being displayed.\r\n",
    };
}
