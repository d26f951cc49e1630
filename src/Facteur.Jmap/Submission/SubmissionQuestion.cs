using System.Globalization;
using System.Text.Json;
using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Jmap;

/// <summary>What EmailSubmission/query asks, and its answer (RFC 8621 §7.3).</summary>
internal static class SubmissionQuestion
{
    private const int Page = 1_000;

    private static readonly string[] dateForms = ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"];

    /// <summary>Ids of all that match, in the order asked for.</summary>
    public static async ValueTask<List<SubmissionId>> AnswerAsync(JmapCall call, JmapAccount account, CancellationToken cancel)
    {
        var needsStatus = false;
        var filter = JmapArguments.Object(call.Arguments, "filter");
        var matches = filter is { } given
            ? new FilterReader<Predicate<Candidate>>(condition => Condition(condition, ref needsStatus), Combine).Read(given)
            : static _ => true;
        var compare = Sort(call.Arguments);
        var found = new List<SubmissionRecord>();
        await foreach (var record in AllAsync(call.Services.Store, account.Id, cancel))
        {
            var status = needsStatus ? (await SubmissionView.LoadAsync(call.Services.Store, record, withReports: false, cancel)).UndoStatus : "";
            if (matches(new Candidate(record, status))) found.Add(record);
        }
        found.Sort((a, b) => compare(a, b) is var order and not 0 ? order : a.Id.Value.CompareTo(b.Id.Value));
        return found.ConvertAll(record => record.Id);
    }

    private readonly record struct Candidate(SubmissionRecord Record, string UndoStatus);

    private static async IAsyncEnumerable<SubmissionRecord> AllAsync(MailStore store, AccountId account, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        for (var after = default(SubmissionId); ;)
        {
            var page = await store.Submissions.ListAsync(account, after, Page, cancel);
            foreach (var record in page) yield return record;
            if (page.Count < Page) yield break;
            after = page[^1].Id;
        }
    }

    private static Predicate<Candidate> Combine(FilterOperator kind, List<Predicate<Candidate>> conditions) => kind switch
    {
        FilterOperator.And => one => conditions.TrueForAll(condition => condition(one)),
        FilterOperator.Or => one => conditions.Exists(condition => condition(one)),
        _ => one => !conditions.Exists(condition => condition(one)),
    };

    private static Predicate<Candidate> Condition(JsonElement condition, ref bool needsStatus)
    {
        var all = new List<Predicate<Candidate>>();
        foreach (var property in condition.EnumerateObject())
        {
            needsStatus |= property.NameEquals("undoStatus"u8);
            all.Add(Property(condition, property.Name));
        }
        return Combine(FilterOperator.And, all);
    }

    private static Predicate<Candidate> Property(JsonElement of, string name)
    {
        switch (name)
        {
            case "identityIds":
                var identities = Ids(of, name);
                return one => identities.Contains(JmapIds.Write('i', one.Record.Identity));
            case "emailIds":
                var emails = Ids(of, name);
                return one => emails.Contains(JmapIds.Of(one.Record.Email));
            case "threadIds":
                var threads = Ids(of, name);
                return one => threads.Contains(JmapIds.Of(one.Record.Thread));
            case "undoStatus":
                var status = JmapArguments.RequireString(of, name);
                return one => one.UndoStatus == status;
            case "before":
                var before = Date(of, name);
                return one => one.Record.SendAt < before;
            case "after":
                var after = Date(of, name);
                return one => one.Record.SendAt >= after;
            default:
                throw FilterReader<Predicate<Candidate>>.Unsupported($"{name} is not known");
        }
    }

    private static HashSet<string> Ids(JsonElement of, string name) =>
        JmapArguments.Strings(of, name)?.ToHashSet(StringComparer.Ordinal) ?? throw JmapMethodException.InvalidArguments($"{name} is not a list of ids");

    private static DateTimeOffset Date(JsonElement of, string name) =>
        DateTimeOffset.TryParseExact(JmapArguments.RequireString(of, name), dateForms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var date)
            ? date
            : throw JmapMethodException.InvalidArguments($"{name} is not a UTCDate");

    private static Comparison<SubmissionRecord> Sort(JsonElement arguments)
    {
        if (JmapArguments.Array(arguments, "sort") is not { } list || list.GetArrayLength() == 0) return static (_, _) => 0;
        var keys = new List<Comparison<SubmissionRecord>>();
        foreach (var comparator in list.EnumerateArray())
        {
            if (comparator.ValueKind != JsonValueKind.Object) throw JmapMethodException.InvalidArguments("sort is not a list of objects");
            Comparison<SubmissionRecord> key = JmapArguments.RequireString(comparator, "property") switch
            {
                "emailId" => static (a, b) => a.Email.Value.CompareTo(b.Email.Value),
                "threadId" => static (a, b) => a.Thread.Value.CompareTo(b.Thread.Value),
                // The RFC calls it "sentAt" here, and "sendAt" everywhere else.
                "sentAt" or "sendAt" => static (a, b) => a.SendAt.CompareTo(b.SendAt),
                var other => throw new JmapMethodException("unsupportedSort", $"{other} cannot be sorted by"),
            };
            keys.Add(JmapArguments.Bool(comparator, "isAscending") ?? true ? key : (a, b) => key(b, a));
        }
        return (a, b) =>
        {
            foreach (var key in keys)
                if (key(a, b) is var order and not 0) return order;
            return 0;
        };
    }
}
