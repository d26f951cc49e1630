using Facteur.IntegrationTests.Browser;

namespace Facteur.IntegrationTests.Screens;

/// <summary>A message of somebody's mailbox as pictures show it.</summary>
/// <param name="Label">Mailbox without a use of its own in which it lies as well.</param>
internal sealed record SampleMessage(TestMessage Message, string Mailbox = "INBOX", string? Label = null);

/// <summary>Somebody whose mailbox is shown, and what the steps of a tour type and look for in that language.</summary>
/// <param name="Locale">Of the browser, by which the pages choose their language.</param>
/// <param name="Labels">Names and colours.</param>
internal sealed record SampleMail(string Locale, IReadOnlyList<(string Name, string Color)> Labels, IReadOnlyList<SampleMessage> Messages)
{
    public string Language => Locale[..2];
    public required string Person { get; init; }
    public required string Conversation { get; init; }
    public required string Newsletter { get; init; }
    public required string Invitation { get; init; }
    public required string Phishing { get; init; }
    public required string SearchBegun { get; init; }
    public required string Search { get; init; }
    public required string Subject { get; init; }
    public required string Text { get; init; }
    public required string Command { get; init; }
    public required string LabelPart { get; init; }
    public required string Shop { get; init; }
    public required string Absence { get; init; }

    public static SampleMail In(string language) => language == "fr" ? SampleFrench.Mailbox() : SampleEnglish.Mailbox();

    /// <summary>The person's address as the messages have it; the account of a test may have another one.</summary>
    public string Address => Person.Replace(' ', '.').ToLowerInvariant() + "@demo.test";

    /// <summary>Fills a mailbox: what arrived, what was sent and begun, what lies under labels.</summary>
    public async Task FillAsync(MailboxFiller box)
    {
        await box.ImapAsync([.. Labels.Select(label => $"CREATE \"{label.Name}\"")]);
        foreach (var mailbox in Messages.GroupBy(one => one.Mailbox, StringComparer.Ordinal))
        {
            var messages = mailbox.OrderBy(one => one.Message.Date).ToList();
            await box.AppendToAsync(mailbox.Key, [.. messages.Select(one => one.Message with { To = $"{Person} <{box.Address}>", From = one.Message.From.Replace(Address, box.Address, StringComparison.Ordinal), Text = one.Message.Text.Replace(Address, box.Address, StringComparison.Ordinal) })]);
            var copies = messages.Select((one, index) => (one.Label, Number: index + 1)).Where(one => one.Label is not null).GroupBy(one => one.Label!, one => one.Number, StringComparer.Ordinal);
            await box.ImapAsync([$"SELECT \"{mailbox.Key}\"", .. copies.Select(label => $"COPY {string.Join(',', label)} \"{label.Key}\"")]);
        }
    }
}

/// <summary>How messages of the samples are made.</summary>
internal static class SampleParts
{
    private const string Boundary = "part-of-a-sample";

    /// <param name="minutes">How long ago it came.</param>
    public static TestMessage Came(int minutes, string from, string subject, string text, string flags = "\\Seen") =>
        new(subject, from, text.ReplaceLineEndings("\r\n")) { Date = TimeProvider.System.GetUtcNow().AddMinutes(-minutes), Flags = flags };

    public static TestMessage Html(this TestMessage message, string html) => message with { Text = html.ReplaceLineEndings("\r\n"), ContentType = "text/html; charset=utf-8" };

    public static TestMessage With(this TestMessage message, params (string Name, string Type, int Octets)[] files) => message.Parts("mixed", [
        $"Content-Type: text/plain; charset=utf-8\r\n\r\n{message.Text}",
        .. files.Select(file => $"Content-Type: {file.Type}; name=\"{file.Name}\"\r\nContent-Disposition: attachment; filename=\"{file.Name}\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{Convert.ToBase64String(new byte[file.Octets], Base64FormattingOptions.InsertLineBreaks)}")]);

    public static TestMessage Inviting(this TestMessage message, string calendar) => message.Parts("alternative", [
        $"Content-Type: text/plain; charset=utf-8\r\n\r\n{message.Text}", $"Content-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\n{calendar}"]);

    /// <summary>A meeting in a week, at half past two.</summary>
    public static string Meeting(string title, string place, string organizer, string address, string attendee)
    {
        var day = TimeProvider.System.GetUtcNow().AddDays(7).ToString("yyyyMMdd", System.Globalization.CultureInfo.InvariantCulture);
        return $"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:{day}@{address.Split('@')[1]}\r\nSEQUENCE:0\r\nDTSTAMP:{day}T080000Z\r\nDTSTART;TZID=Europe/Paris:{day}T143000\r\nDTEND;TZID=Europe/Paris:{day}T153000\r\n"
            + $"SUMMARY:{title}\r\nLOCATION:{place}\r\nORGANIZER;CN={organizer}:mailto:{address}\r\nATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:{attendee}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    }

    private static TestMessage Parts(this TestMessage message, string kind, string[] parts) =>
        message with { ContentType = $"multipart/{kind}; boundary={Boundary}", Text = string.Concat(parts.Select(part => $"--{Boundary}\r\n{part}\r\n")) + $"--{Boundary}--" };
}
