using System.Globalization;
using System.Text;

namespace Facteur.IntegrationTests.Browser.Hostile;

/// <summary>Messages full of payloads: many parts of HTML in each, and every field that is shown.</summary>
internal static class HostileMessages
{
    public const int PartsPerMessage = 45;

    /// <summary>All HTML payloads, a part each; messages of one thread.</summary>
    public static IReadOnlyList<TestMessage> Html(string thread, int parts)
    {
        var messages = new List<TestMessage>();
        foreach (var (index, payloads) in HtmlPayloads.All().Chunk(parts).Index())
        {
            var body = new StringBuilder();
            foreach (var payload in payloads) body.Append("--hostile\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n").Append(Encoded(payload)).Append("\r\n");
            messages.Add(new TestMessage("Hostile", Text: body.Append("--hostile--").ToString(), Id: index == 0 ? thread : string.Create(CultureInfo.InvariantCulture, $"{index}.{thread}"), Thread: index == 0 ? null : thread)
            {
                ContentType = "multipart/mixed; boundary=hostile", Date = TimeProvider.System.GetUtcNow().AddMinutes(index - 500),
            });
        }
        return messages;
    }

    /// <summary>Messages with payloads in their fields, each in a thread of its own.</summary>
    public static IReadOnlyList<TestMessage> Fields()
    {
        var number = 100_000;
        return [.. Enumerable.Range(0, TextPayloads.Count).Select(index => Field(index, () => TextPayloads.Of(index, ++number)))];
    }

    private static TestMessage Field(int index, Func<string> next)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"field{index}@hostile.test");
        var more = $"Reply-To: {Word(next())} <r@hostile.test>\r\nCc: {Word(next())} <c@hostile.test>\r\nList-Unsubscribe: <https://hostile.test/{Uri.EscapeDataString(next())}>, <mailto:{Uri.EscapeDataString(next())}>\r\nList-Id: {Word(next())} <list.hostile.test>\r\n"
            + $"Authentication-Results: localhost; spf=fail reason=\"{Quoted(next())}\" smtp.mailfrom=\"{Quoted(next())}\"; dkim=fail reason=\"{Quoted(next())}\" header.d=\"{Quoted(next())}\"\r\nX-Spam: {Word(next())}\r\n";
        return new TestMessage(Word(next()), Word(next()) + " <s@hostile.test>", Parts(next), id)
        {
            ContentType = "multipart/mixed; boundary=hostile", More = more, To = Word(next()) + " <anna@demo.test>", Date = TimeProvider.System.GetUtcNow().AddMinutes(-index - 1),
        };
    }

    private static string Parts(Func<string> next)
    {
        var body = new StringBuilder("--hostile\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n").Append(Encoded(string.Join("\n", Enumerable.Range(0, 10).Select(_ => next()).SelectMany(text => new[] { text, "> " + text, "-- " }))));
        body.Append("\r\n--hostile\r\nContent-Type: text/calendar; charset=utf-8; method=REQUEST\r\nContent-Transfer-Encoding: base64\r\n\r\n").Append(Encoded(Calendar(next)));
        body.Append("\r\n--hostile\r\nContent-Type: ").Append(MediaType(next())).Append("; name=\"").Append(Word(next())).Append("\"\r\nContent-Disposition: attachment; filename=\"").Append(Word(next())).Append("\"\r\nContent-ID: <").Append(Quoted(next())).Append(">\r\n\r\nx");
        body.Append("\r\n--hostile\r\nContent-Type: text/plain; charset=\"").Append(Quoted(next())).Append("\"\r\nContent-Disposition: attachment; filename*=utf-8''").Append(Uri.EscapeDataString(next())).Append(".txt\r\n\r\n").Append(Plain(next()));
        body.Append("\r\n--hostile\r\nContent-Type: image/svg+xml\r\nContent-Disposition: attachment; filename=\"x.svg\"\r\n\r\n<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>");
        body.Append("\r\n--hostile\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename=\"x.png\"\r\n\r\n<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>");
        Attach("inner.eml", "message/rfc822", $"From: {Word(next())} <i@hostile.test>\r\nSubject: {Word(next())}\r\nContent-Type: text/html\r\n\r\n{Plain(next())}");
        Attach("card.vcf", "text/x-vcard", $"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{Plain(next())}\r\nORG:{Plain(next())}\r\nPHOTO;VALUE=uri:https://evil.test/card\r\nURL:{Plain(next())}\r\nEND:VCARD");
        Attach("report.txt", "text/plain", $"Reporting-MTA: dns; {Plain(next())}\r\n\r\nFinal-Recipient: rfc822; {Plain(next())}\r\nAction: failed\r\nDiagnostic-Code: smtp; 550 {Plain(next())}");
        body.Append("\r\n--hostile\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; ").Append(Plain(next())).Append("\r\n\r\nFinal-Recipient: rfc822; ").Append(Plain(next())).Append("\r\nAction: failed\r\nDiagnostic-Code: smtp; 550 ").Append(Plain(next()));
        Attach("winmail.dat", "application/ms-tnef", ReadingMessages.Winmail(Plain(next())), "Content-Transfer-Encoding: base64\r\n");
        Attach("event.ics", "text/calendar", Calendar(next));
        return body.Append("\r\n--hostile--").ToString();

        void Attach(string name, string type, string content, string more = "") =>
            body.Append($"\r\n--hostile\r\nContent-Type: {type}; name=\"{name}\"\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n{more}\r\n{content}");
    }

    private static string Calendar(Func<string> next)
    {
        string Line(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(";", "\\;", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal).ReplaceLineEndings(" ").Replace("\0", "", StringComparison.Ordinal);
        string Parameter(string text) => text.Replace("\"", "^'", StringComparison.Ordinal).ReplaceLineEndings(" ").Replace("\0", "", StringComparison.Ordinal);
        return $"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:{Line(next())}\r\nDTSTART;TZID={Parameter(next()).Replace(':', '_').Replace(';', '_')}:20270706T143000\r\nSUMMARY:{Line(next())}\r\nLOCATION:{Line(next())}\r\nDESCRIPTION:{Line(next())}\r\n"
            + $"ORGANIZER;CN=\"{Parameter(next())}\":mailto:o@hostile.test\r\nATTENDEE;CN=\"{Parameter(next())}\":mailto:anna@demo.test\r\nATTENDEE;CN=\"{Parameter(next())}\":mailto:{Line(next())}\r\nRRULE:FREQ={Line(next())}\r\nURL:{Line(next())}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    }

    private static string Encoded(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text), Base64FormattingOptions.InsertLineBreaks);

    private static string Word(string text) => $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}?=";

    private static string Plain(string text) => string.Concat(text.Where(c => c is >= ' ' and <= '~'));

    private static string Quoted(string text) => Plain(text).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    private static string MediaType(string text) => "x-" + string.Concat(text.Where(char.IsAsciiLetterOrDigit).Take(20)) + "/" + string.Concat(text.Where(c => c is > ' ' and <= '~' and not ';' and not '"' and not '(' and not '\\').Take(60));
}
