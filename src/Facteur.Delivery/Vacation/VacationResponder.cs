using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Facteur.Accounts;
using Facteur.Delivery.Bounces;
using Facteur.Mail;
using Facteur.Storage;

namespace Facteur.Delivery.Vacation;

/// <summary>A reply that goes out by itself, to leave with the empty reverse-path and NOTIFY=NEVER (RFC 3834 §3.3), kind "vacation".</summary>
/// <param name="To">The reverse-path of the message replied to.</param>
/// <param name="Content">The whole message.</param>
/// <param name="MessageId">Without brackets.</param>
public sealed record AutomaticReply(AccountId Account, string To, ReadOnlyMemory<byte> Content, string MessageId, string Subject, BodyType Body, bool NeedsSmtpUtf8);

/// <summary>Replies for accounts whose owner is away (setting "vacation"): decides, remembers, writes.</summary>
public sealed class VacationResponder(RecipientDirectory directory, AccountSettings settings, StateStore state, DeliveryOptions options, TimeProvider time)
{
    private const int MaxReferences = 20;

    /// <summary>The reply a delivered message gets, or null. It counts as sent from then on: what fails later is not said twice.</summary>
    /// <param name="sender">Reverse-path; "" is the empty one.</param>
    /// <param name="header">The message's header as it came in, or its first 64 KiB.</param>
    /// <param name="isJunk">It went to the account's Junk.</param>
    public async ValueTask<AutomaticReply?> ReplyAsync(AccountRecord account, string sender, ReadOnlyMemory<byte> header, bool isJunk, CancellationToken cancel)
    {
        if (sender.Length == 0 || await settings.VacationAsync(account.Id, cancel) is not { } setting) return null;
        var message = VacationMessage.Read(header.Span);
        var now = time.GetLocalNow();
        // What needs no look-up says no to most of what comes in.
        if (VacationRules.Decide(setting, message, sender, "", false, isJunk, false, now) != VacationDecision.Reply) return null;
        var addressedTo = await AddressedToAsync(account.Id, message, cancel);
        var isOwn = await directory.OwnsAsync(account.Id, sender, cancel);
        var key = Key(setting, sender);
        var repliedBefore = await state.GetAsync(Space(account.Id), key, cancel) is not null;
        if (VacationRules.Decide(setting, message, sender, addressedTo, isOwn, isJunk, repliedBefore, now) != VacationDecision.Reply) return null;
        await state.SetAsync(Space(account.Id), [new StateEntry(key, 1, Expires: now + TimeSpan.FromDays(setting.Days))], cancel);
        return await WriteAsync(account, setting, message, sender, addressedTo!, now, cancel);
    }

    /// <summary>The row that tells the owner of it.</summary>
    public static TraceEvent Trace(AutomaticReply reply, string transaction, string messageId, DateTimeOffset now) =>
        new(now, TraceKind.Replied, reply.Account, transaction, messageId, "", reply.To, [new("subject", reply.Subject)]);

    private async ValueTask<string?> AddressedToAsync(AccountId account, VacationMessage message, CancellationToken cancel)
    {
        foreach (var address in message.Recipients)
            if (await directory.OwnsAsync(account, address, cancel)) return address;
        return null;
    }

    private async ValueTask<AutomaticReply> WriteAsync(
        AccountRecord account, VacationSetting setting, VacationMessage message, string sender, string from, DateTimeOffset now, CancellationToken cancel)
    {
        var words = ReportWords.For(await settings.LocaleAsync(account, cancel));
        var subject = setting.Subject.Length > 0 ? setting.Subject : words.ReplySubject(HumanPart.OneLine(message.Subject, 200));
        var id = string.Create(CultureInfo.InvariantCulture, $"{now.ToUnixTimeMilliseconds()}.reply.{Guid.NewGuid():N}@{options.HostName}");
        var builder = new MessageBuilder { Date = now, Subject = subject, MessageId = id }
            .From(from, account.DisplayName.Length > 0 ? account.DisplayName : null)
            .To(sender)
            .Header("Auto-Submitted", "auto-replied") // RFC 3834 §3.1.7
            .Header("X-Auto-Response-Suppress", "All") // Exchange would answer it otherwise
            .Text(setting.Text);
        if (message.MessageId is { } original && ReportComposer.IsIdentifier(original))
        {
            // RFC 5322 §3.6.4, and of a very long trail its end.
            builder.InReplyTo = [original];
            builder.References = [.. message.References.Where(ReportComposer.IsIdentifier).TakeLast(MaxReferences), original];
        }
        var isInternational = !Ascii.IsValid(sender) || !Ascii.IsValid(from);
        return new AutomaticReply(account.Id, sender, builder.ToArray(), id, subject, BodyType.SevenBit, isInternational);
    }

    private static string Space(AccountId account) => string.Create(CultureInfo.InvariantCulture, $"vacation:{account.Value}");

    /// <summary>One reply is told from another by its words (RFC 5230 §4.2): who changed them is told the new ones.</summary>
    private static string Key(VacationSetting setting, string sender)
    {
        var reply = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{setting.Subject}\0{setting.Text}")), 0, 8);
        var address = sender.ToLowerInvariant();
        return $"{reply}|{(Encoding.UTF8.GetByteCount(address) <= 400 ? address : Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(address))))}";
    }
}
