using System.Globalization;
using System.Text.Json.Nodes;
using Facteur.Delivery.Queue;
using Facteur.Server.Control.Settings;
using Facteur.Storage.Queue;

namespace Facteur.Server.Control;

/// <summary>Verbs over what accounts may send to other hosts in a day.</summary>
internal sealed class LimitVerbs(SettingFile file, ScopeReader scopes, QueueStore queue, TimeProvider time)
{
    private const string Document = "limits";

    public IEnumerable<(string Name, ControlVerb Verb)> Table => [("limits.show", ShowAsync), ("limits.set", SetAsync)];

    private async ValueTask<ControlReply> ShowAsync(ControlRequest request, CancellationToken cancel)
    {
        var scope = await scopes.ReadAsync(request, cancel);
        var said = new List<(string From, LimitsDocument Limits)>();
        foreach (var one in await scopes.AroundAsync(scope, cancel))
            if (await file.ReadAsync<LimitsDocument>(one, Document, cancel) is { } limits) said.Add((one.View.ToString(), limits));
        said.Add(("default", SendingLimits.Defaults));
        ValueRow Row(string key, Func<LimitsDocument, int?> value)
        {
            var (from, limits) = said.First(one => value(one.Limits) is not null);
            return new ValueRow(key, JsonValue.Create(value(limits)), from);
        }
        var used = scope.Account is { } account ? await queue.CountSinceAsync(account.Id, StartOfDay(), cancel) : ((int Messages, int Recipients)?)null;
        return ControlReply.Done(new LimitsView(scope.View,
            [Row("messagesPerDay", limits => limits.MessagesPerDay), Row("recipientsPerDay", limits => limits.RecipientsPerDay), Row("newRecipientsPerDay", limits => limits.NewRecipientsPerDay)],
            used is { } today ? new UsageView(today.Messages, today.Recipients) : null));
    }

    private async ValueTask<ControlReply> SetAsync(ControlRequest request, CancellationToken cancel)
    {
        var scope = await scopes.ReadAsync(request, cancel);
        var before = await file.ReadAsync<LimitsDocument>(scope, Document, cancel) ?? new LimitsDocument();
        int? Changed(string name, int? former) => request.Find(name) switch
        {
            null => former,
            "default" => null,
            var text => int.Parse(text, CultureInfo.InvariantCulture),
        };
        var after = new LimitsDocument
        {
            MessagesPerDay = Changed("messages", before.MessagesPerDay),
            RecipientsPerDay = Changed("recipients", before.RecipientsPerDay),
            NewRecipientsPerDay = Changed("newRecipients", before.NewRecipientsPerDay),
        };
        await file.WriteAsync(scope, Document, after, cancel);
        return await ShowAsync(request, cancel);
    }

    // A day of the server's time zone, as the limits count.
    private DateTimeOffset StartOfDay()
    {
        var now = time.GetLocalNow();
        return new DateTimeOffset(now.Date, now.Offset);
    }
}

/// <param name="Today">What an account has sent; null for a domain and the site.</param>
internal sealed record LimitsView(ScopeView Scope, IReadOnlyList<ValueRow> Values, UsageView? Today);

internal sealed record UsageView(int Messages, int Recipients);
