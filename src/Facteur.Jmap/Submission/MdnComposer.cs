using System.Globalization;
using Facteur.Accounts;
using Facteur.Delivery.Receiving;
using Facteur.Mail;
using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>A receipt as it leaves, with what the server had to fill in.</summary>
internal sealed record ComposedMdn(byte[] Message, IReadOnlyList<MailAddress> To, DispositionNotification Fields, string Subject, string TextBody);

/// <summary>Writes receipts (RFC 8098 §3) for a message of an account.</summary>
internal sealed class MdnComposer(JmapCall call, JmapAccount account, Identity identity)
{
    /// <summary>Octets of an original that comes back whole: it is in memory meanwhile.</summary>
    private const int MaxOriginal = 5 * 1024 * 1024;

    private const int MaxReceivers = 20;

    /// <param name="original">The message that the receipt is for.</param>
    public async ValueTask<ComposedMdn> ComposeAsync(MdnDraft draft, StoredDraft original, CancellationToken cancel)
    {
        var header = original.Header;
        var receivers = Receivers(header.Span);
        var recipient = await RecipientAsync(draft, cancel);
        var fields = Fields(draft, header.Span, recipient);
        var locale = await LocaleAsync(cancel);
        var subject = draft.Subject ?? MdnWords.Subject(locale, draft.Type, Decoded(header.Span, "Subject"u8));
        var text = draft.TextBody ?? MdnWords.Text(locale, draft.Type, recipient);
        var parts = new List<MimeEntity> { MimeEntity.Text(text), MimeEntity.Verbatim(DispositionNotification.MediaType, fields.Write()) };
        if (draft.IncludeOriginal == true) parts.Add(MimeEntity.Message(await ReadAsync(original, cancel), disposition: null));
        var builder = new MessageBuilder { Date = call.Services.Time.GetLocalNow(), Subject = subject, MessageId = NewId() }
            .From(From(), identity.Name.Length > 0 ? identity.Name : null)
            .Header("Auto-Submitted", "auto-replied") // RFC 3834 §5
            .Body(MimeEntity.Multipart("report", parts).With("report-type", "disposition-notification"));
        foreach (var to in receivers) builder.To(to.ToString());
        if (fields.OriginalMessageId is { } id) (builder.InReplyTo, builder.References) = ([id.Trim('<', '>')], [id.Trim('<', '>')]);
        using var output = new MemoryStream();
        await builder.WriteAsync(output, cancel);
        return new ComposedMdn(output.ToArray(), receivers, fields, subject, text);
    }

    /// <summary>Who asks for it; notFound where nobody does, forbidden for what is a report itself (RFC 8098 §2.1, RFC 9007 §2.1).</summary>
    private static List<MailAddress> Receivers(ReadOnlySpan<byte> header)
    {
        if (HeaderFields.TryFind(header, "Content-Type"u8, out var type) && HeaderFields.Unfold(type) is var value && value.Length >= 16 && System.Text.Ascii.EqualsIgnoreCase(value[..16], "multipart/report"u8))
            throw new JmapSetException(new JmapSetError("forbidden", "a report is not answered by a receipt"));
        var receivers = new List<MailAddress>();
        if (HeaderFields.TryFind(header, "Disposition-Notification-To"u8, out var asked))
            foreach (var item in AddressParser.ParseList(asked, MaxReceivers))
                if (item.Kind == AddressItemKind.Mailbox && MailAddress.TryCreate(item.LocalPart, item.Domain, out var address) && !receivers.Contains(address)) receivers.Add(address);
        return receivers.Count > 0 ? receivers : throw new JmapSetException(new JmapSetError("notFound", "the message asks for no receipt"));
    }

    /// <summary>The address it speaks for: the one the client names, if it is the account's, else the identity's.</summary>
    private async ValueTask<string> RecipientAsync(MdnDraft draft, CancellationToken cancel)
    {
        if (draft.FinalRecipient is not { } named) return identity.Address;
        var semicolon = named.IndexOf(';', StringComparison.Ordinal);
        var address = named[(semicolon + 1)..].Trim();
        var directory = new RecipientDirectory(call.Services.Store.Directory, call.Services.Store.Settings);
        return await directory.MaySendAsAsync(account.Id, address, cancel)
            ? address
            : throw new JmapSetException(new JmapSetError("forbiddenFrom", $"{address} is not an address of the account"));
    }

    private static DispositionNotification Fields(MdnDraft draft, ReadOnlySpan<byte> header, string recipient) => new()
    {
        ReportingUa = draft.ReportingUa, FinalRecipient = "rfc822; " + recipient,
        OriginalRecipient = HeaderFields.TryFind(header, "Original-Recipient"u8, out var original) ? EncodedWords.Decode(HeaderFields.Unfold(original)) : null,
        OriginalMessageId = HeaderFields.TryFind(header, "Message-ID"u8, out var id) && MessageIds.Parse(id) is [var first, ..] ? first : null,
        ActionMode = draft.ActionMode, SendingMode = draft.SendingMode, Type = draft.Type, Extensions = draft.Extensions,
    };

    // "*@exemple.fr" is no address to write from.
    private string From() => identity.Address.StartsWith("*@", StringComparison.Ordinal) ? account.Address : identity.Address;

    private static string Decoded(ReadOnlySpan<byte> header, ReadOnlySpan<byte> name) =>
        HeaderFields.TryFind(header, name, out var value) ? EncodedWords.Decode(HeaderFields.Unfold(value)) : "";

    private async ValueTask<string> LocaleAsync(CancellationToken cancel) =>
        await call.Services.Store.Directory.GetAccountAsync(account.Id, cancel) is { } owner ? await new AccountSettings(call.Services.Store.Settings).LocaleAsync(owner, cancel) : "en";

    private static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(StoredDraft original, CancellationToken cancel)
    {
        if (original.Length > MaxOriginal) throw new JmapSetException(new JmapSetError("tooLarge", "the original message is too large to go back with the receipt"));
        var output = new MemoryStream((int)original.Length);
        await original.WriteAsync(
            (octets, _) =>
            {
                output.Write(octets.Span);
                return new(true);
            },
            cancel);
        return output.GetBuffer().AsMemory(0, (int)output.Length);
    }

    private string NewId() => string.Create(
        CultureInfo.InvariantCulture, $"{call.Services.Time.GetUtcNow().ToUnixTimeMilliseconds()}.mdn.{Guid.NewGuid():N}@{call.Services.Delivery?.Options.HostName ?? "localhost"}");
}
