using System.Globalization;
using System.Text;
using Facteur.Accounts;
using Facteur.Delivery.Recipients;
using Facteur.Mail;
using Facteur.Storage.Queue;

namespace Facteur.Delivery.Bounces;

/// <summary>
/// Ids in envelope senders, for domains whose setting "bounces" asks for it: local+fctb-id-proof@domain. A report that comes back to it is
/// bound to its message even when it names none; the address before the "+" gets it as any mail.
/// </summary>
public sealed class Verp(SiteSecrets secrets, RecipientDirectory directory, AccountSettings settings)
{
    private const string Mark = "+fctb-";
    private const int ProofCharacters = 8;
    private const int MaxLocalOctets = 64; // RFC 5321 §4.5.3.1.1

    /// <summary>The envelope sender to send a message of the queue with; mostly its own.</summary>
    public async ValueTask<string> SenderAsync(QueueMessage message, CancellationToken cancel)
    {
        if (message.Kind != "mail" || message.Account is null || !MailAddress.TryParse(message.Sender, out var address)) return message.Sender;
        if ((await directory.FindAsync(address.LocalPart, address.Domain, cancel)).Domain is not { } domain) return message.Sender;
        if (!(await settings.BouncesAsync(domain.Id, cancel)).Verp || address.LocalPart.Contains(Mark, StringComparison.OrdinalIgnoreCase)) return message.Sender;
        var id = message.Id.Value.ToString("x", CultureInfo.InvariantCulture);
        var local = $"{address.LocalPart}{Mark}{id}-{await ProofAsync(id, address, cancel)}";
        return Encoding.UTF8.GetByteCount(local) <= MaxLocalOctets && MailAddress.TryCreate(local, address.Domain, out var with) ? with.ToString() : message.Sender;
    }

    /// <summary>The message whose envelope sender this is, and that sender without the id; null when it holds no id of ours.</summary>
    public async ValueTask<(QueueId Message, string Sender)?> ReadAsync(string address, CancellationToken cancel)
    {
        if (!MailAddress.TryParse(address, out var parsed)) return null;
        var local = parsed.LocalPart;
        var mark = local.LastIndexOf(Mark, StringComparison.OrdinalIgnoreCase);
        if (mark <= 0 || local[(mark + Mark.Length)..].Split('-') is not [var id, var proof]) return null;
        if (!long.TryParse(id, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) || number <= 0) return null;
        if (!MailAddress.TryCreate(local[..mark], parsed.Domain, out var sender)) return null;
        var expected = await ProofAsync(id, sender, cancel);
        return Tokens.AreEqual(proof, expected) ? (new QueueId(number), sender.ToString()) : null;
    }

    private async ValueTask<string> ProofAsync(string id, MailAddress sender, CancellationToken cancel) =>
        Tokens.Mac(await secrets.GetAsync("bounces", cancel), "verp", $"{id}\0{sender.LocalPart}@{DomainName.Normalize(sender.Domain)}", ProofCharacters).ToLowerInvariant();
}
