using System.Text.Json;
using Facteur.Accounts;
using Facteur.Jmap;
using Facteur.Storage;

namespace Facteur.Tests.Jmap;

/// <summary>All methods that are registered, with arguments that each takes: what is added later is in every test of it.</summary>
internal static class MethodMatrix
{
    /// <summary>Methods of accounts; the others are of users.</summary>
    public static IEnumerable<JmapMethod> OfAccounts => JmapMethods.All().Where(method => method.Name != "Core/echo" && !method.Name.StartsWith("PushSubscription/", StringComparison.Ordinal));

    /// <summary>That change an account by the names of RFC 8620 §5.</summary>
    public static IEnumerable<JmapMethod> Changing => OfAccounts.Where(method => method.Name.Split('/')[1] is "set" or "copy" or "import");

    /// <summary>Types that have a /get by ids.</summary>
    public static IEnumerable<string> Types => OfAccounts.Where(method => method.Name.EndsWith("/get", StringComparison.Ordinal) && method.Name != "SearchSnippet/get").Select(method => method.Name.Split('/')[0]);

    /// <summary>What a method cannot do without, beside accountId, as members of an object.</summary>
    /// <param name="own">An account of the user.</param>
    public static string Needed(string method, string own) => method switch
    {
        "SearchSnippet/get" => ",\"emailIds\":[]",
        "Blob/lookup" => ",\"typeNames\":[],\"ids\":[]",
        "Blob/copy" => $",\"fromAccountId\":\"{own}\",\"blobIds\":[]",
        "Blob/upload" => ",\"create\":{}",
        "Search/parse" => ",\"query\":\"\"",
        "SieveScript/validate" => ",\"blobId\":\"u1\"",
        "FilterRule/match" => ",\"emailIds\":[]",
        "MDN/send" => ",\"identityId\":\"i0\",\"send\":{}",
        _ => method.Split('/')[1] switch
        {
            "get" => ",\"ids\":[]",
            "changes" => ",\"sinceState\":\"1\"",
            "queryChanges" => ",\"sinceQueryState\":\"1\"",
            "copy" => $",\"fromAccountId\":\"{own}\",\"create\":{{}}",
            "import" => ",\"emails\":{}",
            "parse" => ",\"blobIds\":[]",
            _ => "",
        },
    };

    /// <summary>What a call answers: the name and the object.</summary>
    public static async Task<(string Name, JsonElement Answer)> AskAsync(this JmapHarness jmap, string method, string arguments, AccountRecord? by = null)
    {
        var response = (await jmap.RequestAsync($"[[\"{method}\",{arguments},\"c\"]]", by)).GetProperty("methodResponses")[0];
        return (response[0].GetString()!, response[1]);
    }

    /// <summary>Two people with mail of their own, and an account that the first of them may only read.</summary>
    public static async Task<(AccountRecord Bob, AccountRecord Team)> AddOthersAsync(this JmapHarness jmap)
    {
        var bob = (await jmap.Accounts.AddAccountAsync("bob@example.com", "Bob", "correct horse battery", default)).Account;
        var team = (await jmap.Accounts.AddAccountAsync(new AccountDraft("team@example.com") { Kind = AccountKind.Shared }, default)).Account;
        await jmap.Accounts.SetShareAsync("team@example.com", "ada@example.com", ShareRights.Read, default);
        foreach (var account in new[] { jmap.Ada, bob, team })
            for (var i = 0; i < 2; i++)
                await jmap.DeliverAsync($"From: x@example.net\nTo: {account.Address}\nSubject: {account.Address} {i}\nMessage-ID: <{i}.{account.Address}>\n\nSecret of {account.Address}\n", to: account);
        return (bob, team);
    }
}
