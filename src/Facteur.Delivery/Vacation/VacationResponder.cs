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

/// <summary>A reply to be sent to who writes, if the rules let it go.</summary>
/// <param name="Subject">"" for one made of the message's own.</param>
/// <param name="Text">Plain text, or with <see cref="IsMime"/> a MIME entity with its header (RFC 5230 §4.4).</param>
/// <param name="Interval">The same sender has it once in so much time; zero is each time (RFC 6131 §2).</param>
/// <param name="Key">Tells it from other replies of the account.</param>
public sealed record ReplyTemplate(string Subject, string Text, TimeSpan Interval, string Key)
{
    public bool IsMime { get; init; }

    /// <summary>A mailbox-list; used where all of it belongs to the account (RFC 5230 §4.3), else the address that was written to.</summary>
    public string? From { get; init; }

    /// <summary>The reply as HTML beside the text; the text may be "" then.</summary>
    public string? Html { get; init; }

    /// <summary>Further addresses of the owner (RFC 5230 §4.5).</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];
}

/// <summary>Automatic replies of accounts, by the setting "vacation" and by scripts: decides, remembers, writes.</summary>
public sealed class VacationResponder(RecipientDirectory directory, AccountSettings settings, StateStore state, DeliveryOptions options, TimeProvider time)
{
    private const int MaxReferences = 20;
    private const int MaxSenders = 5;

    private static readonly VacationSetting anyTime = new("", "");

    /// <summary>The reply a delivered message gets by the setting, or null. It counts as sent from then on: what fails later is not said twice.</summary>
    /// <param name="sender">Reverse-path; "" is the empty one.</param>
    /// <param name="header">The message's header as it came in, or its first 64 KiB.</param>
    /// <param name="isJunk">It went to the account's Junk.</param>
    public async ValueTask<AutomaticReply?> ReplyAsync(AccountRecord account, string sender, ReadOnlyMemory<byte> header, bool isJunk, CancellationToken cancel)
    {
        if (sender.Length == 0 || await settings.VacationAsync(account.Id, cancel) is not { } setting) return null;
        var template = new ReplyTemplate(setting.Subject, setting.Text, TimeSpan.FromDays(setting.Days), Hash(setting.Html is null ? $"{setting.Subject}\0{setting.Text}" : $"{setting.Subject}\0{setting.Text}\0{setting.Html}"))
        {
            Html = setting.Html,
        };
        return await ReplyAsync(account, template, setting, sender, header, isJunk, cancel);
    }

    /// <summary>The reply that a script asks for, under the same rules (RFC 5230 §4.5, §4.6); null when none may go.</summary>
    public ValueTask<AutomaticReply?> ReplyAsync(AccountRecord account, ReplyTemplate template, string sender, ReadOnlyMemory<byte> header, CancellationToken cancel) =>
        sender.Length == 0 ? default : ReplyAsync(account, template, anyTime, sender, header, false, cancel);

    /// <summary>The row that tells the owner of it.</summary>
    public static TraceEvent Trace(AutomaticReply reply, string transaction, string messageId, DateTimeOffset now) =>
        new(now, TraceKind.Replied, reply.Account, transaction, messageId, "", reply.To, [new("subject", reply.Subject)]);

    private async ValueTask<AutomaticReply?> ReplyAsync(
        AccountRecord account, ReplyTemplate template, VacationSetting when, string sender, ReadOnlyMemory<byte> header, bool isJunk, CancellationToken cancel)
    {
        var message = VacationMessage.Read(header.Span);
        var now = time.GetLocalNow();
        // What needs no look-up says no to most of what comes in.
        if (VacationRules.Decide(when, message, sender, "", false, isJunk, false, now) != VacationDecision.Reply) return null;
        var addressedTo = await AddressedToAsync(account.Id, message, template.Addresses, cancel);
        var isOwn = await directory.OwnsAsync(account.Id, sender, cancel);
        var key = Key(template.Key, sender);
        var repliedBefore = template.Interval > TimeSpan.Zero && await state.GetAsync(Space(account.Id), key, cancel) is not null;
        if (VacationRules.Decide(when, message, sender, addressedTo, isOwn, isJunk, repliedBefore, now) != VacationDecision.Reply) return null;
        if (template.Interval > TimeSpan.Zero) await state.SetAsync(Space(account.Id), [new StateEntry(key, 1, Expires: now + template.Interval)], cancel);
        return await WriteAsync(account, template, message, sender, addressedTo!, now, cancel);
    }

    private async ValueTask<string?> AddressedToAsync(AccountId account, VacationMessage message, IReadOnlyList<string> more, CancellationToken cancel)
    {
        foreach (var address in message.Recipients)
            if (await directory.OwnsAsync(account, address, cancel)) return address;
        // RFC 5230 §4.5: also those the script names, though nothing here knows that they are the owner's.
        foreach (var address in message.Recipients)
            if (more.Contains(address, StringComparer.OrdinalIgnoreCase)) return address;
        return null;
    }

    private async ValueTask<AutomaticReply> WriteAsync(
        AccountRecord account, ReplyTemplate template, VacationMessage message, string sender, string addressedTo, DateTimeOffset now, CancellationToken cancel)
    {
        var words = ReportWords.For(await settings.LocaleAsync(account, cancel));
        var subject = template.Subject.Length > 0 ? HumanPart.OneLine(template.Subject, 500) : words.ReplySubject(HumanPart.OneLine(message.Subject, 200));
        var id = string.Create(CultureInfo.InvariantCulture, $"{now.ToUnixTimeMilliseconds()}.reply.{Guid.NewGuid():N}@{options.HostName}");
        var builder = new MessageBuilder { Date = now, Subject = subject, MessageId = id };
        var from = await FromAsync(account, template.From, addressedTo, cancel);
        foreach (var (address, name) in from) builder.From(address, name);
        builder.To(sender)
            .Header("Auto-Submitted", "auto-replied") // RFC 3834 §3.1.7
            .Header("X-Auto-Response-Suppress", "All"); // Exchange would answer it otherwise
        if (template.IsMime) builder.Body(MimeReason.Read(template.Text));
        else WriteText(builder, template, words);
        if (message.MessageId is { } original && ReportComposer.IsIdentifier(original))
        {
            // RFC 5322 §3.6.4, and of a very long trail its end.
            builder.InReplyTo = [original];
            builder.References = [.. message.References.Where(ReportComposer.IsIdentifier).TakeLast(MaxReferences), original];
        }
        var isInternational = !Ascii.IsValid(sender) || from.Exists(one => !Ascii.IsValid(one.Address));
        return new AutomaticReply(account.Id, sender, builder.ToArray(), id, subject, template.IsMime ? BodyType.EightBitMime : BodyType.SevenBit, isInternational);
    }

    /// <summary>The text, that of the HTML, or a sentence of ours (RFC 8621 §8).</summary>
    private static void WriteText(MessageBuilder builder, ReplyTemplate template, ReportWords words)
    {
        var text = template.Text;
        if (text.Length == 0 && template.Html is { } html) text = HtmlLines.Of(html);
        builder.Text(string.IsNullOrWhiteSpace(text) ? words.Away : text);
        if (template.Html is not null) builder.Html(template.Html);
    }

    private async ValueTask<List<(string Address, string? Name)>> FromAsync(AccountRecord account, string? wanted, string addressedTo, CancellationToken cancel)
    {
        var from = new List<(string, string?)>();
        foreach (var item in wanted is null ? [] : AddressParser.ParseList(Encoding.UTF8.GetBytes(wanted), MaxSenders))
        {
            // In the name of nobody else (S-20).
            if (item.Kind != AddressItemKind.Mailbox || !MailAddress.TryCreate(item.LocalPart, item.Domain, out var address) || !await directory.MaySendAsAsync(account.Id, address.ToString(), cancel))
            {
                from.Clear();
                break;
            }
            from.Add((address.ToString(), item.DisplayName));
        }
        if (from.Count > 0) return from;
        // An address that only the script calls the owner's is none to write from.
        var own = await directory.OwnsAsync(account.Id, addressedTo, cancel) ? addressedTo : account.Address;
        return [(own, account.DisplayName.Length > 0 ? account.DisplayName : null)];
    }

    private static string Space(AccountId account) => string.Create(CultureInfo.InvariantCulture, $"vacation:{account.Value}");

    /// <summary>One reply is told from another by its words (RFC 5230 §4.2): who changed them is told the new ones.</summary>
    private static string Key(string reply, string sender)
    {
        var address = sender.ToLowerInvariant();
        return $"{reply}|{(Encoding.UTF8.GetByteCount(address) <= 400 ? address : Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(address))))}";
    }

    internal static string Hash(string words) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(words)), 0, 8);
}
