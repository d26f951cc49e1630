using System.Globalization;
using System.Text;
using System.Text.Json;
using Facteur.Jmap;

namespace Facteur.Tests.Jmap;

/// <summary>Every method with arguments that chance makes of names and values that mean something: answered or refused, never a fault of ours (RFC 8620 §3.9).</summary>
public sealed class RandomArgumentTests(MatrixAccounts accounts) : IClassFixture<MatrixAccounts>
{
    private const int Rounds = 100;

    private static readonly string[] names =
    [
        "ids", "properties", "sinceState", "maxChanges", "filter", "sort", "position", "anchor", "anchorOffset", "limit", "calculateTotal", "collapseThreads", "sinceQueryState", "upToId", "ifInState",
        "create", "update", "destroy", "onDestroyRemoveEmails", "fromAccountId", "ifFromInState", "onSuccessDestroyOriginal", "emails", "blobIds", "bodyProperties", "fetchTextBodyValues",
        "fetchHTMLBodyValues", "fetchAllBodyValues", "maxBodyValueBytes", "emailIds", "onSuccessUpdateEmail", "onSuccessDestroyEmail", "typeNames", "identityId", "send", "blobId", "onSuccessActivateScript",
    ];

    private static readonly string[] members =
    [
        "operator", "conditions", "inMailbox", "inMailboxOtherThan", "before", "after", "minSize", "maxSize", "hasKeyword", "notKeyword", "hasAttachment", "text", "from", "to", "subject", "body", "header",
        "parentId", "name", "role", "property", "isAscending", "collation", "keyword", "mailboxIds", "keywords", "receivedAt", "bodyValues", "textBody", "partId", "type", "value", "email", "envelope", "mailFrom",
        "rcptTo", "emailId", "undoStatus", "isEnabled", "fromDate", "header:subject:asText", "header:from:asAddresses:all", "keywords/$seen", "mailboxIds/m1", "data", "data:asText", "isSubscribed", "sortOrder",
    ];

    private static readonly string[] texts =
    [
        "", "e1", "e2", "m1", "m2", "t1", "i0", "s1", "u1", "e1-1", "#k1", "a1", "inbox", "AND", "NOT", "receivedAt", "subject", "2026-03-14T09:26:53Z", "2026-02-30T00:00:00Z", "$seen", "\\u0000", "é", "*", "../x",
        "text/plain", "x@example.com", "not an address", "header:x", "header:x:asRaw:all", "all", "1", "120-57", "i;ascii-casemap", "i;none",
    ];

    [Fact]
    public async Task Random_arguments_are_answered_or_refused()
    {
        var random = new Random(777);
        var answered = 0;
        foreach (var method in JmapMethods.All().Select(method => method.Name))
        {
            var taken = await TakenAsync(method);
            for (var round = 0; round < Rounds; round++)
            {
                var arguments = Arguments(random, method, taken);
                var (name, answer) = await accounts.Jmap.AskAsync(method, arguments);
                Assert.False(answer.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.GetString() is "serverFail" or "serverPartialFail", $"{method} {arguments}: {answer}");
                if (name != "error") answered++;
            }
        }
        Assert.True(answered > Rounds, $"only {answered} were answered");
    }

    /// <summary>Names that a method has for arguments: others would be refused before anything else is looked at.</summary>
    private async Task<List<string>> TakenAsync(string method)
    {
        var taken = new List<string>();
        foreach (var name in names)
        {
            var (_, answer) = await accounts.Jmap.AskAsync(method, $"{{\"accountId\":\"{accounts.Jmap.AccountId}\",\"{name}\":null}}");
            if (!answer.GetRawText().Contains("is not an argument", StringComparison.Ordinal)) taken.Add(name);
        }
        return taken;
    }

    private string Arguments(Random random, string method, List<string> taken)
    {
        var text = new StringBuilder($"{{\"accountId\":\"{accounts.Jmap.AccountId}\"");
        // What it needs in half of the rounds, so that more than its first check is seen.
        var needed = random.Next(2) == 0 ? MethodMatrix.Needed(method, accounts.Jmap.AccountId) : "";
        text.Append(needed);
        foreach (var name in taken.OrderBy(_ => random.Next()).Take(random.Next(4)))
            if (!needed.Contains($"\"{name}\"", StringComparison.Ordinal)) text.Append(CultureInfo.InvariantCulture, $",\"{name}\":{Likely(random, name)}");
        return text.Append('}').ToString();
    }

    /// <summary>Often of the kind that the name leads to expect, with something of chance inside.</summary>
    private static string Likely(Random random, string name)
    {
        if (random.Next(4) == 0) return Value(random, 4);
        return name switch
        {
            "create" or "update" or "emails" or "send" => $"{{\"{texts[random.Next(texts.Length)]}\":{Map(random)}}}",
            "filter" or "onSuccessUpdateEmail" => Map(random),
            "sort" => $"[{Map(random)}]",
            "ids" or "destroy" or "emailIds" or "blobIds" or "properties" or "bodyProperties" or "typeNames" => $"[\"{texts[random.Next(texts.Length)]}\",\"{texts[random.Next(texts.Length)]}\"]",
            "maxChanges" or "limit" or "position" or "anchorOffset" or "maxBodyValueBytes" => random.Next(-2, 5).ToString(CultureInfo.InvariantCulture),
            "calculateTotal" or "collapseThreads" or "fetchTextBodyValues" or "fetchHTMLBodyValues" or "fetchAllBodyValues" or "onDestroyRemoveEmails" or "onSuccessDestroyOriginal" => "true",
            _ => $"\"{texts[random.Next(texts.Length)]}\"",
        };
    }

    private static string Map(Random random) =>
        "{" + string.Join(',', Enumerable.Range(0, random.Next(1, 4)).Select(_ => members[random.Next(members.Length)]).Distinct().Select(key => $"\"{key}\":{Value(random, 3)}")) + "}";

    private static string Value(Random random, int depth)
    {
        switch (random.Next(depth == 0 ? 6 : 10))
        {
            case 0: return "null";
            case 1: return random.Next(2) == 0 ? "true" : "false";
            case 2: return ((string[])["0", "1", "-1", "1.5", "1e400", "9007199254740993", "2147483648", "100"])[random.Next(8)];
            case 3 or 4 or 5: return $"\"{texts[random.Next(texts.Length)]}\"";
            case 6 or 7: return "[" + string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, depth - 1))) + "]";
            default:
                var keys = Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(3) == 0 ? texts[random.Next(texts.Length)] : members[random.Next(members.Length)]).Distinct();
                return "{" + string.Join(',', keys.Select(key => $"\"{key}\":{Value(random, depth - 1)}")) + "}";
        }
    }
}
