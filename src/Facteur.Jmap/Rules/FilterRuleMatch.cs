using System.Text.Json;
using Facteur.Mail;
using Facteur.Sieve.Rules;
using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>
/// FilterRule/match (docs/jmap.md): which emails that are there a rule would be for, so that a client shows them before the rule is made, or does with
/// them what the rule does. A client asks page by page, with the ids of an Email/query.
/// </summary>
internal sealed class FilterRuleMatch() : JmapMethod("FilterRule/match", JmapCapabilities.FacteurRules)
{
    // Each may be read whole.
    private const int MaxEmails = 500;

    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        var account = await call.AccountAsync(write: false, cancel);
        JmapArguments.Only(call.Arguments, "accountId", "emailIds", "match", "conditions");
        var sent = JmapArguments.Strings(call.Arguments, "emailIds") ?? throw JmapMethodException.InvalidArguments("emailIds is missing");
        if (sent.Count > MaxEmails) throw new JmapMethodException("requestTooLarge", $"more than {MaxEmails} emailIds");
        var test = ReadTest(call);
        List<EmailId> known = [];
        List<string> notFound = [];
        var snapshot = await call.Services.Store.Emails.LookAsync(account.Id, cancel);
        foreach (var id in sent.Distinct(StringComparer.Ordinal))
            if (JmapIds.TryRead(call.Request.ResolveId(id), out EmailId email) && snapshot.TryFind(email, out _)) known.Add(email);
            else notFound.Add(id);
        var matched = await MatchAsync(call, account, test, known, cancel);
        var json = call.Answer;
        json.WriteStartObject();
        json.WriteString("accountId"u8, JmapIds.Of(account.Id));
        WriteStrings(json, "list", matched.Select(JmapIds.Of));
        WriteStrings(json, "notFound", notFound);
        json.WriteEndObject();
    }

    /// <summary>What is wrong with a condition is invalidArguments here: there is no object to be refused.</summary>
    private static RuleTest ReadTest(JmapCall call)
    {
        var reader = new JmapObjectReader(call.Arguments);
        try
        {
            var (match, conditions) = (FilterRuleReader.ReadMatch(reader), FilterRuleReader.ReadConditions(reader));
            reader.Check();
            return new RuleTest(match, conditions, call.Services.Scripts.Language);
        }
        catch (Exception e) when (e is RuleRefusedException or JmapSetException)
        {
            throw JmapMethodException.InvalidArguments(e is RuleRefusedException { Place: { Length: > 0 } place } ? $"{place}: {e.Message}" : e.Message);
        }
    }

    private static async ValueTask<List<EmailId>> MatchAsync(JmapCall call, JmapAccount account, RuleTest test, List<EmailId> emails, CancellationToken cancel)
    {
        var matched = new List<EmailId>();
        var owner = await call.Services.Store.Directory.GetAccountAsync(account.Id, cancel) ?? throw new JmapMethodException("accountNotFound");
        await using var details = call.Services.Store.Emails.ReadDetails(account.Id, emails, EmailFields.Parts);
        while (await details.ReadAsync(cancel))
        {
            var (email, root) = (details.Email, PartTable.Parse(details.Parts));
            // Purged meanwhile, it is for no rule.
            if (await call.Services.Store.OpenBodyAsync(details.Body, cancel) is not { } body) continue;
            await using (body)
                if (await call.Services.Delivery!.Sieve.HoldsAsync(owner, test, body, root, cancel)) matched.Add(email);
        }
        return matched;
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
