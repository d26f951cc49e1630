using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Facteur.Accounts;
using Facteur.Jmap;
using Facteur.Storage;

namespace Facteur.Web.Mail;

/// <summary>
/// What the webmail asks first: the newest of the inbox, and the mailboxes. Asked with the page and brought by it, as rows that are painted before the script of the webmail runs, and as
/// answers that the script finds instead of asking (Client/src/jmap/brought.ts). They hold for exactly these calls: a script that asks otherwise just asks.
/// </summary>
/// <param name="Rows">Of the first screen.</param>
/// <param name="Brought">JSON for a script element: calls of Client/src/store/listModel.ts and mailboxTable.ts with their answers.</param>
internal sealed record FirstList(IReadOnlyList<FirstRow> Rows, string Brought)
{
    /// <summary>More do not fit on a screen; the script draws the others.</summary>
    private const int MaxRows = 30;

    /// <summary>Calls of the list among all; the mailboxes come last.</summary>
    private const int ListCalls = 4;

    /// <summary>Leaves letters as they are, but nothing that could end a script element.</summary>
    private static readonly JsonWriterOptions inPage = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    private static readonly string[] capabilities =
        ["urn:ietf:params:jmap:core", "urn:ietf:params:jmap:mail", "https://facteur.email/jmap/mail", "https://facteur.email/jmap/snooze"];

    private static readonly string[] rowProperties =
        ["id", "threadId", "mailboxIds", "keywords", "from", "to", "subject", "receivedAt", "size", "preview", "hasAttachment", "snoozedUntil", "returnedAt"];

    /// <summary>The first list of an account; null where it cannot be had at once, as with conversations of thousands of messages: then the script asks.</summary>
    public static async ValueTask<FirstList?> AskAsync(JmapProcessor processor, JmapUser user, MailboxId inbox, WebmailSetting setting, CancellationToken cancel)
    {
        var calls = Calls(JmapIds.Of(user.Account.Id), JmapIds.Of(inbox), setting);
        var output = new ArrayBufferWriter<byte>(128 * 1024);
        await processor.RunAsync(user, Request(calls), output, cancel);
        using var response = JsonDocument.Parse(output.WrittenMemory);
        var answers = response.RootElement.GetProperty("methodResponses"u8);
        if (answers.GetArrayLength() != ListCalls + 1 || answers.EnumerateArray().Any(static answer => answer[0].ValueEquals("error"u8))) return null;
        return new FirstList(FirstRow.Read(answers, setting.Conversations, MaxRows), Bring(calls, answers));
    }

    /// <summary>The calls, each as JSON.</summary>
    private static byte[][] Calls(string account, string inbox, WebmailSetting setting) =>
    [
        Write(account, "Email/query", "query", writer => WriteQuery(writer, inbox, setting)),
        Write(account, "Email/get", "of", static writer =>
        {
            WriteReference(writer, "#ids", "query", "Email/query", "/ids");
            WriteStrings(writer, "properties", ["threadId"]);
        }),
        Write(account, "Thread/get", "threads", static writer => WriteReference(writer, "#ids", "of", "Email/get", "/list/*/threadId")),
        Write(account, "Email/get", "emails", static writer =>
        {
            WriteReference(writer, "#ids", "threads", "Thread/get", "/list/*/emailIds");
            WriteStrings(writer, "properties", rowProperties);
        }),
        Write(account, "Mailbox/get", "0", static writer => writer.WriteNull("ids"u8)),
    ];

    private static void WriteQuery(Utf8JsonWriter writer, string inbox, WebmailSetting setting)
    {
        writer.WriteStartObject("filter"u8);
        writer.WriteString("inMailbox"u8, inbox);
        writer.WriteEndObject();
        writer.WriteStartArray("sort"u8);
        if (OrderOf(setting) is var (property, keyword, isAscending)) WriteComparator(writer, property, keyword, isAscending);
        WriteComparator(writer, "listedAt", null, isAscending: false);
        writer.WriteEndArray();
        writer.WriteBoolean("collapseThreads"u8, setting.Conversations);
        writer.WriteNumber("position"u8, 0);
        writer.WriteNumber("limit"u8, setting.PageSize);
        writer.WriteBoolean("calculateTotal"u8, true);
    }

    /// <summary>What stands first (RFC 8621 §4.4.2): without a keyword comes before with it.</summary>
    private static (string Property, string Keyword, bool IsAscending)? OrderOf(WebmailSetting setting) => setting.Order switch
    {
        "unread" => (setting.Conversations ? "allInThreadHaveKeyword" : "hasKeyword", "$seen", true),
        "starred" => (setting.Conversations ? "someInThreadHaveKeyword" : "hasKeyword", "$flagged", false),
        "important" => (setting.Conversations ? "someInThreadHaveKeyword" : "hasKeyword", "$important", false),
        _ => null,
    };

    private static void WriteComparator(Utf8JsonWriter writer, string property, string? keyword, bool isAscending)
    {
        writer.WriteStartObject();
        writer.WriteString("property"u8, property);
        if (keyword is not null) writer.WriteString("keyword"u8, keyword);
        writer.WriteBoolean("isAscending"u8, isAscending);
        writer.WriteEndObject();
    }

    private static void WriteReference(Utf8JsonWriter writer, string name, string resultOf, string method, string path)
    {
        writer.WriteStartObject(name);
        writer.WriteString("resultOf"u8, resultOf);
        writer.WriteString("name"u8, method);
        writer.WriteString("path"u8, path);
        writer.WriteEndObject();
    }

    private static void WriteStrings(Utf8JsonWriter writer, string name, ReadOnlySpan<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values) writer.WriteStringValue(value);
        writer.WriteEndArray();
    }

    private static byte[] Write(string account, string method, string id, Action<Utf8JsonWriter> writeArguments)
    {
        var content = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(content))
        {
            writer.WriteStartArray();
            writer.WriteStringValue(method);
            writer.WriteStartObject();
            writer.WriteString("accountId"u8, account);
            writeArguments(writer);
            writer.WriteEndObject();
            writer.WriteStringValue(id);
            writer.WriteEndArray();
        }
        return content.WrittenSpan.ToArray();
    }

    private static byte[] Request(byte[][] calls)
    {
        var content = new ArrayBufferWriter<byte>(2048);
        using (var writer = new Utf8JsonWriter(content))
        {
            writer.WriteStartObject();
            WriteStrings(writer, "using", capabilities);
            writer.WriteStartArray("methodCalls"u8);
            foreach (var call in calls) writer.WriteRawValue(call, skipInputValidation: true);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        return content.WrittenSpan.ToArray();
    }

    /// <summary>The list's calls travel together, that of the mailboxes alone.</summary>
    private static string Bring(byte[][] calls, JsonElement answers)
    {
        var content = new ArrayBufferWriter<byte>(128 * 1024);
        using (var writer = new Utf8JsonWriter(content, inPage))
        {
            writer.WriteStartArray();
            WriteGroup(writer, calls, answers, 0, ListCalls);
            WriteGroup(writer, calls, answers, ListCalls, ListCalls + 1);
            writer.WriteEndArray();
        }
        return Encoding.UTF8.GetString(content.WrittenSpan);
    }

    private static void WriteGroup(Utf8JsonWriter writer, byte[][] calls, JsonElement answers, int from, int to)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("calls"u8);
        for (var at = from; at < to; at++) writer.WriteRawValue(calls[at], skipInputValidation: true);
        writer.WriteEndArray();
        writer.WriteStartArray("answers"u8);
        for (var at = from; at < to; at++) answers[at].WriteTo(writer);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
