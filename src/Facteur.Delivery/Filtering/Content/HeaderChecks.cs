using System.Buffers;
using Facteur.Mail;

namespace Facteur.Delivery.Filtering.Content;

/// <summary>What is odd about a header. Only points: each alone is met in honest mail.</summary>
internal static class HeaderChecks
{
    /// <summary>Clocks are wrong by hours, time zones by a day.</summary>
    private static readonly TimeSpan Future = TimeSpan.FromHours(26);

    private static readonly TimeSpan Past = TimeSpan.FromDays(30);

    // To and Cc with more are mailings that a list or Bcc is for.
    private const int ManyRecipients = 50;

    private static readonly SearchValues<char> EndOfDomain = SearchValues.Create(" \"'<>(),;");

    public static void Judge(FilterInput input, MessageHeader header, DateTimeOffset now, FilterScore score)
    {
        JudgeDate(input, header, now, score);
        if (input.Facts.MessageId is null) score.Add("header.no-id", 0.5, "the message has no Message-ID", "le message n'a pas de Message-ID");
        JudgeAuthor(header, score);
        JudgeRecipients(header, score);
        JudgeForm(header, score);
    }

    private static void JudgeDate(FilterInput input, MessageHeader header, DateTimeOffset now, FilterScore score)
    {
        if (header.Count("Date"u8) == 0) score.Add("header.no-date", 1, "the message has no date", "le message n'a pas de date");
        else if (input.Facts.SentDate is not { } sent) score.Add("header.bad-date", 1, "the date of the message cannot be read", "la date du message est illisible");
        else if (sent - now > Future) score.Add("header.future", 1.5, "the message is dated in the future", "le message est daté dans le futur");
        else if (now - sent > Past) score.Add("header.old", 0.5, "the message is dated long ago", "le message est daté d'il y a longtemps");
    }

    private static void JudgeAuthor(MessageHeader header, FilterScore score)
    {
        // RFC 5322 §3.6: exactly one From.
        if (header.Count("From"u8) != 1)
        {
            score.Add("header.from", 2, "the message does not have one From field", "le message n'a pas un seul champ From");
            return;
        }
        var authors = AddressParser.ParseList(header.First("From"u8), 20);
        var mailboxes = authors.Where(item => item.Kind == AddressItemKind.Mailbox).ToList();
        if (mailboxes.Count == 0 || mailboxes.Exists(item => !MailAddress.TryCreate(item.LocalPart, item.Domain, out _)))
            score.Add("header.from-address", 1.5, "the From field holds no usable address", "le champ From ne contient pas d'adresse valable");
        foreach (var author in mailboxes)
        {
            if (author.DisplayName is not { } name || ClaimedDomain(name) is not { } claimed) continue;
            if (claimed.Equals(author.Domain, StringComparison.OrdinalIgnoreCase)) continue;
            score.Add("header.from-name", 2, $"the name of the sender shows an address of {claimed}, which it is not", $"le nom de l'expéditeur montre une adresse de {claimed}, ce qu'il n'est pas");
            break;
        }
    }

    /// <summary>Domain of an address written as a name: "service@bank.example" &lt;x@elsewhere.example&gt;.</summary>
    private static string? ClaimedDomain(string name)
    {
        var at = name.IndexOf('@', StringComparison.Ordinal);
        if (at <= 0) return null;
        var rest = name.AsSpan(at + 1);
        var end = rest.IndexOfAny(EndOfDomain);
        var domain = (end < 0 ? rest : rest[..end]).TrimEnd('.').ToString();
        return domain.Contains('.', StringComparison.Ordinal) && MailAddress.IsDomain(domain) ? domain : null;
    }

    private static void JudgeRecipients(MessageHeader header, FilterScore score)
    {
        var named = Mailboxes(header.First("To"u8)) + Mailboxes(header.First("Cc"u8));
        if (named > ManyRecipients) score.Add("header.many-recipients", 1, $"more than {ManyRecipients} recipients are named", $"plus de {ManyRecipients} destinataires sont nommés");
        else if (named == 0 && header.Count("List-Id"u8) == 0) score.Add("header.no-recipient", 0.5, "no recipient is named", "aucun destinataire n'est nommé");
    }

    private static int Mailboxes(ReadOnlySpan<byte> field) =>
        field.IsEmpty ? 0 : AddressParser.ParseList(field, ManyRecipients + 1).Count(item => item.Kind == AddressItemKind.Mailbox);

    private static void JudgeForm(MessageHeader header, FilterScore score)
    {
        // RFC 5322 §3.6: fields that stand once at most. Two of them show different things to a filter and to a person.
        int subjects = 0, dates = 0, ids = 0, recipients = 0;
        var raw = false;
        foreach (var field in new HeaderFields(header.Octets))
        {
            if (field.Is("Subject"u8)) subjects++;
            else if (field.Is("Date"u8)) dates++;
            else if (field.Is("Message-ID"u8)) ids++;
            else if (field.Is("To"u8)) recipients++;
            raw |= field.Name.IsEmpty;
        }
        if (subjects > 1 || dates > 1 || ids > 1 || recipients > 1) score.Add("header.repeated", 1.5, "a header field stands twice that may stand once", "un champ d'en-tête unique est répété");
        if (raw) score.Add("header.stray-line", 0.5, "the header holds lines that are no fields", "l'en-tête contient des lignes qui ne sont pas des champs");
    }
}
