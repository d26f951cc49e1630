using System.Globalization;
using System.Text;
using Facteur.Accounts;
using Facteur.Delivery.Bounces;
using Facteur.Mail;
using Facteur.Sieve;
using Facteur.Storage;

namespace Facteur.Delivery.Sieve;

/// <summary>A notification by mail.</summary>
// RFC 5436 §2.7 and §2.7.1.
internal static class NotificationMessage
{
    /// <summary>The address of :from where it is the account's own, else the one the message came to.</summary>
    public static async ValueTask<string> FromAsync(RecipientDirectory directory, AccountRecord account, string? from, string recipient, CancellationToken cancel)
    {
        foreach (var item in from is null ? [] : AddressParser.ParseList(Encoding.UTF8.GetBytes(from), 1))
            if (item.Kind == AddressItemKind.Mailbox && MailAddress.TryCreate(item.LocalPart, item.Domain, out var address) && await directory.MaySendAsAsync(account.Id, address.ToString(), cancel))
                return address.ToString();
        return await directory.OwnsAsync(account.Id, recipient, cancel) ? recipient : account.Address;
    }

    public static WrittenMessage Write(NotifyAction notify, string from, string owner, ScriptSubject subject, string hostName, DateTimeOffset now)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{now.ToUnixTimeMilliseconds()}.notify.{Guid.NewGuid():N}@{hostName}");
        var title = HumanPart.OneLine(notify.Subject, 500);
        var builder = new MessageBuilder { Date = now, Subject = title, MessageId = id }.From(from);
        foreach (var to in notify.Recipients)
            if (notify.Cc.Contains(to)) builder.Cc(to.ToString());
            else builder.To(to.ToString());
        builder.Header("Auto-Submitted", $"auto-notified; owner-email=\"{owner.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"");
        if (notify.Importance != 2) builder.Header("Importance", notify.Importance == 1 ? "High" : "Low").Header("X-Priority", notify.Importance == 1 ? "1 (Highest)" : "5 (Lowest)");
        foreach (var (name, value) in notify.Fields) builder.Header(name, value);
        if (ReportComposer.IsIdentifier(subject.MessageId)) builder.References = [subject.MessageId];
        builder.Text(notify.Body ?? title);
        var isInternational = !Ascii.IsValid(from) || notify.Recipients.Any(one => !Ascii.IsValid(one.ToString()));
        return new WrittenMessage(builder.ToArray(), id, title, isInternational);
    }
}
