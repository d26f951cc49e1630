using System.Text;
using System.Text.Json;
using Facteur.Jmap;
using Facteur.Storage;
using Facteur.Tests.Support;

namespace Facteur.Tests.Jmap;

/// <summary>What tests of changes do again and again.</summary>
internal static class SetHarness
{
    public static async Task<string> MailboxAsync(this JmapHarness jmap, string name) => JmapIds.Of((await jmap.Store.FindMailboxAsync(jmap.Ada.Id, name, default))!.Id);

    /// <summary>The state as /get tells it.</summary>
    public static async Task<string> StateAsync(this JmapHarness jmap) => new JmapState((await jmap.Store.Emails.LookAsync(jmap.Ada.Id, default)).ModSeq).ToString();

    /// <summary>Creates one email in INBOX, unless <paramref name="email"/> names its mailboxes; answers what was created of it.</summary>
    public static async Task<JsonElement> CreateAsync(this JmapHarness jmap, string email)
    {
        var answer = await TryCreateAsync(jmap, email);
        Assert.True(answer.GetProperty("created").ValueKind == JsonValueKind.Object, answer.ToString());
        return answer.GetProperty("created").GetProperty("c");
    }

    /// <summary>The SetError of an email that is not created.</summary>
    public static async Task<JsonElement> RefuseAsync(this JmapHarness jmap, string email)
    {
        var before = (await jmap.Store.Emails.LookAsync(jmap.Ada.Id, default)).Count;
        var answer = await TryCreateAsync(jmap, email);
        Assert.True(answer.GetProperty("notCreated").ValueKind == JsonValueKind.Object, answer.ToString());
        Assert.Equal(before, (await jmap.Store.Emails.LookAsync(jmap.Ada.Id, default)).Count);
        return answer.GetProperty("notCreated").GetProperty("c");
    }

    private static async Task<JsonElement> TryCreateAsync(JmapHarness jmap, string email)
    {
        if (!email.Contains("\"mailboxIds\"", StringComparison.Ordinal))
            email = $$"""{"mailboxIds": {"{{await jmap.MailboxAsync("INBOX")}}": true}{{(email.Trim().TrimStart('{').TrimStart().StartsWith('}') ? "" : ",")}} {{email.Trim()[1..]}}""";
        return await jmap.CallAsync("Email/set", """{"create": {"c": """ + email + "}}");
    }

    /// <summary>The message of an email, octet by octet as a character each.</summary>
    public static async Task<string> MessageAsync(this JmapHarness jmap, JsonElement created)
    {
        JmapIds.TryRead(created.GetProperty("id").GetString(), out EmailId email);
        await using var body = (await jmap.Store.OpenEmailAsync(email, default))!;
        var octets = await StoredMail.ReadAsync(body);
        var message = Encoding.Latin1.GetString(octets);
        Assert.Equal(octets.Length, created.GetProperty("size").GetInt64());
        Assert.DoesNotMatch("(?<!\r)\n|\r(?!\n)", message);
        return message;
    }

    /// <summary>Properties of one email as Email/get tells them.</summary>
    public static async Task<JsonElement> EmailAsync(this JmapHarness jmap, string? id, string properties, string more = "")
    {
        var answer = await jmap.CallAsync("Email/get", $$"""{"ids": ["{{id}}"], "properties": {{properties}}{{more}}}""");
        return Assert.Single(answer.GetProperty("list").EnumerateArray());
    }

    public static IEnumerable<string?> Strings(this JsonElement list) => list.ValueKind == JsonValueKind.Null ? [] : list.EnumerateArray().Select(one => one.GetString());

    public static IEnumerable<string> Names(this JsonElement map) => map.ValueKind == JsonValueKind.Null ? [] : map.EnumerateObject().Select(one => one.Name);
}
