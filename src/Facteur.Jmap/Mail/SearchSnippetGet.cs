using System.Text.Json;
using Facteur.Storage;
using Facteur.Storage.Emails;
using Facteur.Storage.Searching;

namespace Facteur.Jmap;

/// <summary>SearchSnippet/get: where in subject and text a search was found (RFC 8621 §5.1).</summary>
internal sealed class SearchSnippetGet() : JmapMethod("SearchSnippet/get", JmapCapabilities.Mail)
{
    /// <summary>Emails of one call: each may be read as far as <see cref="SnippetMaker"/> reads.</summary>
    private const int MaxEmails = 256;

    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        JmapArguments.Only(call.Arguments, "accountId", "filter", "emailIds");
        var account = await call.AccountAsync(write: false, cancel);
        var ids = JmapArguments.Strings(call.Arguments, "emailIds") ?? throw JmapMethodException.InvalidArguments("emailIds is missing");
        if (ids.Count > MaxEmails) throw new JmapMethodException("requestTooLarge");
        var condition = new EmailFilter(call.Services.Time.GetUtcNow(), call.Request).Read(JmapArguments.Object(call.Arguments, "filter"));
        var snapshot = await call.Services.Store.Emails.LookAsync(account.Id, cancel);
        var (emails, notFound) = Sort(snapshot, ids);
        var json = call.Answer;
        json.WriteStartObject();
        json.WriteString("accountId"u8, JmapIds.Of(account.Id));
        json.WriteStartArray("list"u8);
        await WriteListAsync(call, snapshot, emails, new SnippetMaker(call.Services.Store, condition), notFound, cancel);
        json.WriteEndArray();
        json.WritePropertyName("notFound"u8);
        if (notFound.Count == 0) json.WriteNullValue();
        else
        {
            json.WriteStartArray();
            foreach (var id in notFound) json.WriteStringValue(id);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static (List<EmailId> Emails, List<string> NotFound) Sort(AccountSnapshot snapshot, List<string> ids)
    {
        var (emails, notFound, seen) = (new List<EmailId>(), new List<string>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var id in ids)
            if (!seen.Add(id)) continue;
            else if (JmapIds.TryRead(id, out EmailId email) && snapshot.TryFind(email, out _)) emails.Add(email);
            else notFound.Add(id);
        return (emails, notFound);
    }

    private static async ValueTask WriteListAsync(
        JmapCall call, AccountSnapshot snapshot, List<EmailId> emails, SnippetMaker maker, List<string> notFound, CancellationToken cancel)
    {
        var written = new HashSet<EmailId>();
        await using var reader = call.Services.Store.Emails.ReadDetails(snapshot.Account, emails, EmailFields.Parts);
        while (await reader.ReadAsync(cancel))
        {
            var (subject, preview) = await maker.MakeAsync(reader, cancel);
            call.Answer.WriteStartObject();
            call.Answer.WriteString("emailId"u8, JmapIds.Of(reader.Email));
            call.Answer.WriteString("subject"u8, subject);
            call.Answer.WriteString("preview"u8, preview);
            call.Answer.WriteEndObject();
            written.Add(reader.Email);
        }
        // Gone since the look.
        notFound.AddRange(emails.Where(email => !written.Contains(email)).Select(JmapIds.Of));
    }
}
