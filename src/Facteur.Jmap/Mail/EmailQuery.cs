using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>Email/query: finds emails and tells them in order (RFC 8621 §4.4).</summary>
internal sealed class EmailQuery(EmailResults results) : JmapMethod("Email/query", JmapCapabilities.Mail)
{
    private static readonly string[] Known = [.. QueryWindow.Arguments, "collapseThreads"];

    public override async ValueTask RunAsync(JmapCall call, CancellationToken cancel)
    {
        JmapArguments.Only(call.Arguments, Known);
        var account = await call.AccountAsync(write: false, cancel);
        var window = QueryWindow.Read(call.Arguments, call.Services.Limits.MaxQueryLimit);
        var snapshot = await call.Services.Store.Emails.LookAsync(account.Id, cancel);
        var question = await EmailQuestion.ReadAsync(call, account, results, snapshot, cancel);
        if (TryFirst(window, question, cancel) is { } few)
        {
            window.WriteAnswer(call.Answer, account, question.State, window.Position, few.Skip((int)window.Position).Select(JmapIds.Of), question.TryTotal());
            return;
        }
        var all = await question.AllAsync(cancel);
        var first = window.First(all.Length, id => IndexOf(all, id));
        var asked = first < all.Length ? all.Skip((int)first).Take(window.Limit) : [];
        window.WriteAnswer(call.Answer, account, question.State, first, asked.Select(JmapIds.Of), all.Length);
    }

    // The first screen of a mailbox, which is asked for far more often than anything else.
    private static EmailId[]? TryFirst(QueryWindow window, EmailQuestion question, CancellationToken cancel)
    {
        if (window.Anchor is not null || window.Position < 0 || window.CalculateTotal && question.TryTotal() is null) return null;
        return question.TryKept() is null ? question.TryFirst(window.Position + window.Limit, cancel) : null;
    }

    private static int IndexOf(EmailId[] all, string id) => JmapIds.TryRead(id, out EmailId email) ? Array.IndexOf(all, email) : -1;
}
