using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Facteur.Load.Modes;

/// <summary>JMAP: what a webmail asks for, and what it is told.</summary>
internal static class JmapModes
{
    private const int ImportsAtOnce = 50;
    private const long FirstImport = 1_000_000_000;

    private static long imported;

    /// <summary>jmap-list: the first 50 conversations of the inbox, by one request of Email/query and Email/get; an operation is a request.</summary>
    public static Task<string> ListAsync(LoadOptions options) => RunAsync("jmap-list", options, async (client, meter) =>
    {
        var inbox = await client.MailboxAsync("inbox");
        var request = Encoding.UTF8.GetBytes($$"""
            {"using":{{JmapClient.Using}},"methodCalls":[
            ["Email/query",{"accountId":"{{client.Account}}","filter":{"inMailbox":"{{inbox}}"},"sort":[{"property":"receivedAt","isAscending":false}],"collapseThreads":true,"limit":50},"q"],
            ["Email/get",{"accountId":"{{client.Account}}","#ids":{"resultOf":"q","name":"Email/query","path":"/ids"},
            "properties":["id","threadId","mailboxIds","keywords","from","to","subject","receivedAt","size","preview","hasAttachment"]},"g"]]}
            """);
        while (meter.TryBegin())
        {
            var from = Stopwatch.GetTimestamp();
            var octets = await client.CallAsync(request);
            meter.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds, octets);
        }
    });

    /// <summary>jmap-changes: APPEND of a message by IMAP (--visible-imap-port), then Email/changes since before it; an operation is the request.</summary>
    public static Task<string> ChangesAsync(LoadOptions options) => RunAsync("jmap-changes", options, async (client, meter) =>
    {
        await using var imap = await ImapClient.LoginAsync(options with { Tls = TlsMode.None }, options.VisibleImapPort);
        var sample = new SampleMessage(options.Size, options.User, options.User);
        var state = await StateAsync(client);
        for (var n = 0; meter.TryBegin(); n++)
        {
            await imap.AppendAsync(options.Mailbox, sample.Stamp(n));
            var from = Stopwatch.GetTimestamp();
            using var answer = await client.CallAsync($$"""[["Email/changes",{"accountId":"{{client.Account}}","sinceState":"{{state}}"},"0"]]""");
            meter.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds, 0);
            var changes = answer.RootElement.GetProperty("methodResponses")[0][1];
            if (changes.GetProperty("created").GetArrayLength() != 1) throw new InvalidOperationException(changes.ToString()[..Math.Min(300, changes.ToString().Length)]);
            state = changes.GetProperty("newState").GetString();
        }
    });

    /// <summary>jmap-import: uploads of messages, then Email/import of 50 a request; an operation is a message.</summary>
    public static Task<string> ImportAsync(LoadOptions options) => RunAsync("jmap-import", options, async (client, meter) =>
    {
        var inbox = await client.MailboxAsync("inbox");
        var sample = new SampleMessage(options.Size, options.User, options.User);
        while (meter.TryBegin(ImportsAtOnce))
        {
            // A message that is there already would be refused (RFC 8621 §4.8): no other load has these numbers.
            var n = Interlocked.Add(ref imported, ImportsAtOnce) + FirstImport;
            var from = Stopwatch.GetTimestamp();
            var emails = new StringBuilder();
            for (var i = 0; i < ImportsAtOnce; i++)
                emails.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "" : ",")}\"k{i}\":{{\"blobId\":\"{await client.UploadAsync(sample.Stamp(n + i))}\",\"mailboxIds\":{{\"{inbox}\":true}}}}");
            using var answer = await client.CallAsync($$$"""[["Email/import",{"accountId":"{{{client.Account}}}","emails":{ {{{emails}}} }},"0"]]""");
            var result = answer.RootElement.GetProperty("methodResponses")[0][1];
            if (!result.TryGetProperty("created", out var created) || created.ValueKind != JsonValueKind.Object || created.EnumerateObject().Count() != ImportsAtOnce)
                throw new InvalidOperationException(result.ToString()[..Math.Min(300, result.ToString().Length)]);
            meter.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds, (long)ImportsAtOnce * options.Size, ImportsAtOnce);
        }
    });

    private static async Task<string> StateAsync(JmapClient client)
    {
        using var answer = await client.CallAsync($$"""[["Email/get",{"accountId":"{{client.Account}}","ids":[]},"0"]]""");
        return answer.RootElement.GetProperty("methodResponses")[0][1].GetProperty("state").GetString()!;
    }

    private static async Task<string> RunAsync(string mode, LoadOptions options, Func<JmapClient, Meter, Task> connection)
    {
        var meter = new Meter(options);
        meter.Start();
        await Task.WhenAll(Enumerable.Range(0, options.Connections).Select(_ => Task.Run(async () =>
        {
            try
            {
                await using var client = await JmapClient.OpenAsync(options);
                await connection(client, meter);
            }
            catch (Exception e) when (e is IOException or InvalidOperationException or System.Net.Sockets.SocketException or JsonException)
            {
                meter.Error(e.Message);
            }
        })));
        return meter.Report(mode);
    }
}
