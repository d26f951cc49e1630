using Facteur.Accounts;
using Facteur.Mail;
using Facteur.Smtp;
using Facteur.Storage;

namespace Facteur.Delivery;

/// <summary>Checks who a submitted message says it is from (S-20, RFC 6409 §6.1).</summary>
internal static class FromCheck
{
    // A message has few authors (RFC 5322 §3.6.2); each is looked up.
    private const int MaxAuthors = 20;

    /// <summary>Every address of the one From field must belong to the account. Null is yes.</summary>
    public static ValueTask<SmtpRefusal?> RunAsync(RecipientDirectory directory, AccountId account, HeaderScanner header, CancellationToken cancel) =>
        RunAsync(directory, account, header, null, cancel);

    /// <param name="identity">Its address must be among them (RFC 8621 §9.6); null: any will do.</param>
    public static async ValueTask<SmtpRefusal?> RunAsync(RecipientDirectory directory, AccountId account, HeaderScanner header, Identity? identity, CancellationToken cancel)
    {
        if (header.FromFields != 1) return Refusals.NoFrom;
        var authors = AddressParser.ParseList(header.From, MaxAuthors + 1);
        if (authors.Count > MaxAuthors) return Refusals.NoFrom;
        var found = 0;
        var isIdentity = identity is null;
        foreach (var author in authors)
        {
            if (author.Kind != AddressItemKind.Mailbox) continue;
            if (!MailAddress.TryCreate(author.LocalPart, author.Domain, out var address)) return Refusals.NoFrom;
            if (!await directory.MaySendAsAsync(account, address.ToString(), cancel)) return Refusals.NotYourFrom;
            found++;
            isIdentity = isIdentity || identity!.Covers(address.ToString());
        }
        return found == 0 ? Refusals.NoFrom : isIdentity ? null : Refusals.NotTheIdentity;
    }
}
