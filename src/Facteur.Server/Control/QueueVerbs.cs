using System.Globalization;
using Facteur.Accounts;
using Facteur.Delivery.Queue;
using Facteur.Storage.Queue;

namespace Facteur.Server.Control;

/// <summary>Verbs over mail that waits to be sent.</summary>
internal sealed class QueueVerbs(QueueService queue, AccountService accounts)
{
    private const int DefaultPage = 100;
    private const int MaxPage = 10_000;

    // Who holds the control socket is the operator; the web will give names.
    private const string By = "facteur queue";

    public IEnumerable<(string Name, ControlVerb Verb)> Table =>
    [
        ("queue.list", ListAsync),
        ("queue.show", ShowAsync),
        ("queue.stats", StatsAsync),
        ("queue.change", ChangeAsync),
    ];

    private async ValueTask<ControlReply> ListAsync(ControlRequest request, CancellationToken cancel)
    {
        var max = Math.Clamp(Number(request.Find("max")) is { } wanted ? (int)Math.Min(wanted, MaxPage) : DefaultPage, 1, MaxPage);
        var after = Number(request.Find("after")) is { } id ? new QueueRecipientId(id) : (QueueRecipientId?)null;
        var items = await queue.ListAsync(await FilterAsync(request, cancel), after, max, cancel);
        return ControlReply.Done(new QueueListView([.. items.Select(item => QueueItemView.Of(item.Message, item.Recipient))], items.Count == max ? items[^1].Recipient.Id.Value : null));
    }

    private async ValueTask<ControlReply> ShowAsync(ControlRequest request, CancellationToken cancel)
    {
        var id = Number(request.Require("id")) ?? throw new AccountRuleException($"\"{request.Find("id")}\" is no number of a message in the queue.");
        return await queue.ShowAsync(new QueueId(id), cancel) is { } entry
            ? ControlReply.Done(QueueEntryView.Of(entry))
            : ControlReply.Failed($"There is no message {id} in the queue; facteur trace may still know it.");
    }

    private async ValueTask<ControlReply> StatsAsync(ControlRequest request, CancellationToken cancel) =>
        ControlReply.Done((await queue.StatsAsync(MaxPage, cancel)).Select(pair => DestinationView.Of(pair.Stats, pair.Health)).ToList());

    private async ValueTask<ControlReply> ChangeAsync(ControlRequest request, CancellationToken cancel)
    {
        var filter = await FilterAsync(request, cancel);
        var action = request.Require("action");
        if (filter == new QueueFilter() && request.Find("all") is null) throw new AccountRuleException("Say which: the number of a message, --destination, --sender, --to, --account, or --all.");
        var count = action switch
        {
            "retry" => await queue.RetryAsync(filter, By, cancel),
            "hold" => await queue.HoldAsync(filter, By, cancel),
            "release" => await queue.ReleaseAsync(filter, By, cancel),
            "bounce" => await queue.BounceAsync(filter, request.Find("reason"), By, cancel),
            "cancel" => await queue.CancelAsync(filter, By, cancel),
            "redirect" => await RedirectAsync(filter, request.Require("target"), cancel),
            _ => throw new ArgumentException($"unknown action {action}"),
        };
        return ControlReply.Done(new QueueChangeView(action, count), count > 0 ? ExitCode.Ok : ExitCode.Failed);
    }

    private async ValueTask<int> RedirectAsync(QueueFilter filter, string target, CancellationToken cancel)
    {
        try
        {
            return await queue.RedirectAsync(filter, target, By, cancel);
        }
        catch (FormatException e)
        {
            throw new AccountRuleException(e.Message);
        }
    }

    private async ValueTask<QueueFilter> FilterAsync(ControlRequest request, CancellationToken cancel) => new()
    {
        Message = request.Find("id") is { } id ? new QueueId(Number(id) ?? throw new AccountRuleException($"\"{id}\" is no number of a message in the queue.")) : null,
        Destination = request.Find("destination")?.ToLowerInvariant(),
        Sender = request.Find("sender"),
        Address = request.Find("to"),
        Account = request.Find("account") is { } address ? (await accounts.GetAccountAsync(address, cancel)).Id : null,
        States = request.Find("states") is { } states ? [.. states.Split(',').Select(Enum.Parse<QueueState>)] : null,
    };

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

/// <param name="Next">Give it as "after" to go on; null at the end.</param>
internal sealed record QueueListView(IReadOnlyList<QueueItemView> Items, long? Next);

/// <summary>A recipient in the queue as lists show it.</summary>
internal sealed record QueueItemView(
    long Id, long Recipient, string Sender, string To, string Destination, string State, bool InDelivery, int Attempts, DateTimeOffset Created, DateTimeOffset? NextAttempt,
    string LastHost, string LastAnswer, string Subject)
{
    public static QueueItemView Of(QueueMessage message, QueueRecipient recipient) => new(
        message.Id.Value, recipient.Id.Value, message.Sender, recipient.Address, recipient.Destination, recipient.State.ToString(), recipient.IsLeased, recipient.Attempts,
        message.Created, recipient.State == QueueState.Waiting ? recipient.NextAttempt : null, recipient.LastHost, recipient.LastAnswer, message.Subject);
}

/// <summary>A message in the queue with its recipients and attempts.</summary>
internal sealed record QueueEntryView(
    long Id, string Kind, string Transaction, string Sender, string MessageId, string Subject, long Octets, DateTimeOffset Created, DateTimeOffset? NotBefore, bool RequireTls,
    IReadOnlyList<QueueItemView> Recipients, IReadOnlyList<QueueAttemptView> Attempts)
{
    public static QueueEntryView Of(QueueEntry entry) => new(
        entry.Message.Id.Value, entry.Message.Kind, entry.Message.Transaction, entry.Message.Sender, entry.Message.MessageId, entry.Message.Subject, entry.Message.Content.Size,
        entry.Message.Created, entry.Message.NotBefore, entry.Message.RequireTls,
        [.. entry.Recipients.Select(recipient => QueueItemView.Of(entry.Message, recipient))],
        [.. entry.Attempts.Select(attempt => new QueueAttemptView(attempt.At, attempt.Address, attempt.Host, attempt.State.ToString(), attempt.Answer, attempt.Security, attempt.Took.TotalSeconds))]);
}

internal sealed record QueueAttemptView(DateTimeOffset At, string To, string Host, string State, string Answer, string Security, double Seconds);

/// <summary>What waits for one destination.</summary>
/// <param name="RestsUntil">It could not be reached and is left alone until then.</param>
internal sealed record DestinationView(string Destination, int Waiting, int Held, DateTimeOffset Oldest, DateTimeOffset? NextAttempt, string LastAnswer, int Connections, DateTimeOffset? RestsUntil)
{
    public static DestinationView Of(DestinationStats stats, DestinationHealth? health) => new(
        stats.Destination, stats.Waiting, stats.Held, stats.Oldest, stats.NextAttempt, stats.LastAnswer.Length > 0 ? stats.LastAnswer : health?.LastFailure ?? "", health?.Connections ?? 0, health?.RestsUntil);
}

internal sealed record QueueChangeView(string Action, int Recipients);
