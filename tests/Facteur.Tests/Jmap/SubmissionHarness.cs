using System.Text;
using System.Text.Json;
using Facteur.Storage;
using Facteur.Storage.Emails;
using Facteur.Storage.Queue;
using Facteur.Tests.Support;

namespace Facteur.Tests.Jmap;

/// <summary>What tests of sending do again and again.</summary>
internal static class SubmissionHarness
{
    public const string Draft = """
        From: Ada Lovelace <ada@example.com>
        To: jane@example.org
        Cc: Bob <bob@example.com>
        Bcc: carl@example.org, Secret <secret@example.com>
        Subject: Hello
        Date: Sat, 14 Mar 2026 09:00:00 +0000
        Message-ID: <hello@example.com>
        MIME-Version: 1.0
        Content-Type: text/plain; charset=utf-8

        Good morning.

        """;

    /// <summary>Puts a message into Drafts; answers its id on the wire.</summary>
    public static async Task<string> DraftAsync(this JmapHarness jmap, string? message = null) =>
        Facteur.Jmap.JmapIds.Of(await jmap.DeliverAsync(message ?? Draft, "Drafts", new FlagSet(MessageFlags.Draft | MessageFlags.Seen, [])));

    /// <summary>Adds another account of the domain.</summary>
    public static async Task<AccountRecord> AddAsync(this JmapHarness jmap, string address) =>
        (await jmap.Accounts.AddAccountAsync(address, address, "correct horse battery", default)).Account;

    /// <summary>Creates one submission; answers the object under "created".</summary>
    /// <param name="rest">Further properties, each with a comma before it.</param>
    public static async Task<JsonElement> SendAsync(this JmapHarness jmap, string email, string rest = "")
    {
        var answer = await jmap.CallAsync("EmailSubmission/set", $$$"""{"create": {"k": {"identityId": "i0", "emailId": "{{{email}}}" {{{rest}}} } } }""");
        Assert.True(answer.GetProperty("created").ValueKind == JsonValueKind.Object, answer.ToString());
        return answer.GetProperty("created").GetProperty("k");
    }

    /// <summary>Tries to create one submission; answers its SetError.</summary>
    public static async Task<JsonElement> RefusedAsync(this JmapHarness jmap, string email, string rest = "", string identity = "i0")
    {
        var answer = await jmap.CallAsync("EmailSubmission/set", $$$"""{"create": {"k": {"identityId": "{{{identity}}}", "emailId": "{{{email}}}" {{{rest}}} } } }""");
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("created").ValueKind);
        Assert.Equal(answer.GetProperty("oldState").GetString(), answer.GetProperty("newState").GetString());
        return answer.GetProperty("notCreated").GetProperty("k");
    }

    public static async Task<JsonElement> SubmissionAsync(this JmapHarness jmap, string id) =>
        (await jmap.CallAsync("EmailSubmission/get", $$"""{"ids": ["{{id}}"]}""")).GetProperty("list")[0];

    /// <summary>Messages of a mailbox as they are stored.</summary>
    public static Task<List<string>> MessagesAsync(this JmapHarness jmap, AccountId account, string mailbox = "INBOX") => jmap.Store.ReadMailboxAsync(account, mailbox);

    public static async Task<string> BodyAsync(this JmapHarness jmap, BodyReference reference) => Encoding.UTF8.GetString(await jmap.Store.ReadBodyAsync(reference));

    /// <summary>What goes out for a queue entry.</summary>
    public static Task<string> SentAsync(this JmapHarness jmap, QueueMessage message) => jmap.Store.ReadSentAsync(message);

    public static async Task<QueueId?> QueueAsync(this JmapHarness jmap, string submission) =>
        Facteur.Jmap.JmapIds.TryRead(submission, out SubmissionId id) ? (await jmap.Store.Submissions.FindAsync(jmap.Ada.Id, id, default))?.Queue : null;
}
