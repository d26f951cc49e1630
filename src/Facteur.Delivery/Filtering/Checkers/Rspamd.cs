using System.Globalization;
using System.Text.Json;
using Facteur.Delivery.Filtering.Connections;
using Facteur.Net.Dialing;
using Facteur.Smtp;

namespace Facteur.Delivery.Filtering.Checkers;

/// <summary>Asks rspamd: the message is the body of POST /checkv2, the envelope stands in header fields, the answer is JSON.</summary>
internal sealed class Rspamd(GuardedHttp http, Uri url, RspamdSettings settings) : IMessageChecker
{
    private const int MaxAnswerOctets = 1024 * 1024;
    private const int ShownSymbols = 8;

    public string Name => "rspamd";
    public CheckerSettings Settings => settings;

    public async ValueTask CheckAsync(FilterInput input, HostFindings host, FilterScore score, CancellationToken cancel)
    {
        var fetch = await http.SendAsync(new HttpFetchRequest(url)
        {
            Method = HttpMethod.Post,
            Content = new MessageContent(input.Source, input.Start),
            Headers = Fields(input, host),
            MaxOctets = MaxAnswerOctets,
            Deadline = settings.Timeout,
            AllowClearText = true,
            Purpose = DialPurpose.Service,
        }, cancel);
        if (!fetch.IsSuccess) throw new CheckerException(fetch.Sentence);
        try
        {
            using var answer = JsonDocument.Parse(fetch.Body);
            Judge(answer.RootElement, score);
        }
        catch (JsonException e)
        {
            throw new CheckerException("the answer is not JSON: " + e.Message);
        }
    }

    private List<KeyValuePair<string, string>> Fields(FilterInput input, HostFindings host)
    {
        var fields = new List<KeyValuePair<string, string>>
        {
            new("From", input.Sender is { } sender ? Clean(sender.ToString()) : "<>"),
            new("Ip", input.Peer.Remote.Address.ToString()),
            new("Helo", Clean(input.Peer.Hello)),
            new("Queue-Id", input.Transaction),
        };
        if (host.Name is { } name) fields.Add(new("Hostname", Clean(name)));
        if (input.Peer.Account is { } account) fields.Add(new("User", Clean(account.Address)));
        foreach (var recipient in input.Recipients.Take(100)) fields.Add(new("Rcpt", Clean(recipient.Address)));
        if (settings.Password is { Length: > 0 } password) fields.Add(new("Password", Clean(password)));
        return fields;
    }

    private void Judge(JsonElement answer, FilterScore score)
    {
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("action", out var actionValue) || actionValue.ValueKind != JsonValueKind.String)
            throw new CheckerException("the answer names no action");
        var action = actionValue.GetString()!;
        var points = Number(answer, "score");
        var shown = points.ToString("0.0", CultureInfo.InvariantCulture);
        var symbols = Symbols(answer);
        var detail = symbols.Length == 0 ? "" : $": {symbols}";
        var ours = points * settings.Weight;
        // Its own limit is passed: here, too, whatever the weight.
        if (action is "add header" or "rewrite subject" or "reject") ours = Math.Max(ours, FilterPreferences.Default.JunkAt!.Value);
        score.Add("rspamd", Math.Round(ours, 2), $"rspamd gives {shown} points{detail}", $"rspamd donne {shown} points{detail}");
        if (action == "reject" && settings.Reject) score.Reject(new SmtpRefusal(550, "5.7.1", Message(answer) ?? "the message looks like spam"));
        else if (action == "soft reject") score.Reject(new SmtpRefusal(451, "4.7.1", Message(answer) ?? "try again later"));
        AddFields(answer, score);
    }

    private static string? Message(JsonElement answer) =>
        answer.TryGetProperty("messages", out var messages) && messages.ValueKind == JsonValueKind.Object && messages.TryGetProperty("smtp_message", out var text) && text.ValueKind == JsonValueKind.String
            ? ReplyText.Clean(text.GetString()!)
            : null;

    private static string Symbols(JsonElement answer)
    {
        if (!answer.TryGetProperty("symbols", out var symbols) || symbols.ValueKind != JsonValueKind.Object) return "";
        return string.Join(", ", symbols.EnumerateObject().Select(symbol => (symbol.Name, Score: Number(symbol.Value, "score"))).Where(symbol => Math.Abs(symbol.Score) >= 0.1)
            .OrderByDescending(symbol => Math.Abs(symbol.Score)).Take(ShownSymbols)
            .Select(symbol => string.Create(CultureInfo.InvariantCulture, $"{symbol.Name} {symbol.Score:0.0}")));
    }

    // "milter": { "add_headers": { name: text, or { "value": text }, or a list of these } }
    private static void AddFields(JsonElement answer, FilterScore score)
    {
        if (!answer.TryGetProperty("milter", out var milter) || milter.ValueKind != JsonValueKind.Object) return;
        if (!milter.TryGetProperty("add_headers", out var headers) || headers.ValueKind != JsonValueKind.Object) return;
        foreach (var header in headers.EnumerateObject())
        {
            var values = header.Value.ValueKind == JsonValueKind.Array ? [.. header.Value.EnumerateArray()] : new[] { header.Value };
            foreach (var value in values)
            {
                var text = value.ValueKind == JsonValueKind.Object && value.TryGetProperty("value", out var inside) ? inside : value;
                if (text.ValueKind == JsonValueKind.String && AddedFields.Make(header.Name, text.GetString()!) is { } field) score.Add(field);
            }
        }
    }

    private static double Number(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)
            ? Math.Clamp(number, -1_000, 1_000)
            : 0;

    // A header field of a request is one line of ASCII.
    private static string Clean(string text) => new([.. text.Select(c => c is < ' ' or > '~' ? '?' : c)]);
}
