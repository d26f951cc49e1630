using System.Collections.Concurrent;
using System.Globalization;
using Facteur.Delivery.Filtering;
using Facteur.Smtp;
using Facteur.Storage;
using Facteur.Storage.Queue;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Delivery.Queue;

/// <summary>The setting "limits" of an account, a domain or the site: what an account may send to other hosts in a day. What it leaves out, the wider scope says.</summary>
public sealed record LimitsDocument
{
    /// <summary>Messages a day. 2,000: no person writes as many.</summary>
    public int? MessagesPerDay { get; init; }

    /// <summary>Recipients a day. 10,000.</summary>
    public int? RecipientsPerDay { get; init; }

    /// <summary>Recipients a day that the account never wrote to before. 1,000: what a stolen password is used for shows here first.</summary>
    public int? NewRecipientsPerDay { get; init; }
}

/// <summary>
/// How much accounts may send to other hosts in a day of the server's time zone. Counted are the recipients in the queue, and in this
/// process those of transactions under way, so that many connections at once do not get around it.
/// </summary>
public sealed class SendingLimits(QueueStore queue, StateStore state, SettingsStore settings, DirectoryStore directory, TimeProvider time, ILogger<SendingLimits>? log = null)
{
    private const int MaxRemembered = 100_000;

    /// <summary>What holds where no document says otherwise.</summary>
    public static readonly LimitsDocument Defaults = new() { MessagesPerDay = 2_000, RecipientsPerDay = 10_000, NewRecipientsPerDay = 1_000 };

    private readonly SettingDocuments<LimitsDocument> documents = new(settings, directory, "limits", log ?? NullLogger<SendingLimits>.Instance);
    private readonly KnownCorrespondents correspondents = new(state, time);
    private readonly ConcurrentDictionary<AccountId, DailyUsage> usage = new();

    /// <summary>Begins to count a message of an account; nothing is read before its first recipient on another host.</summary>
    public SendingAllowance Open(AccountId account) => new(this, account);

    /// <summary>The limits that hold for an account now.</summary>
    public async ValueTask<LimitsDocument> ForAsync(AccountId account, CancellationToken cancel)
    {
        var limits = new LimitsDocument();
        foreach (var document in (await documents.ForAsync(account, cancel)).Append(Defaults))
            limits = new LimitsDocument
            {
                MessagesPerDay = limits.MessagesPerDay ?? document.MessagesPerDay,
                RecipientsPerDay = limits.RecipientsPerDay ?? document.RecipientsPerDay,
                NewRecipientsPerDay = limits.NewRecipientsPerDay ?? document.NewRecipientsPerDay,
            };
        return limits;
    }

    internal async ValueTask<DailyUsage> UsageAsync(AccountId account, CancellationToken cancel)
    {
        if (usage.Count > MaxRemembered)
            foreach (var (key, old) in usage)
                if (old.IsIdle) usage.TryRemove(key, out _);
        var today = usage.GetOrAdd(account, _ => new DailyUsage());
        var now = time.GetUtcNow();
        var (start, _) = Today();
        if (!today.IsFresh(start, now))
        {
            var (messages, recipients) = await queue.CountSinceAsync(account, start, cancel);
            var known = await state.GetAsync(FirstSpace(start), FirstKey(account), cancel);
            today.Set(start, now, messages, recipients, (int)Math.Min(known?.First ?? 0, int.MaxValue));
        }
        return today;
    }

    /// <summary>Has the account written to it before?</summary>
    internal ValueTask<bool> IsKnownAsync(AccountId account, string address, CancellationToken cancel) => correspondents.WroteToAsync(account, address, cancel);

    internal ValueTask CountFirstAsync(AccountId account, int count, CancellationToken cancel)
    {
        var (start, end) = Today();
        return state.AddAsync(FirstSpace(start), [new StateChange(FirstKey(account), count, 0, null, end.AddDays(1))], cancel);
    }

    internal SmtpRefusal Refusal(string what, int limit) => limit == 0
        ? new SmtpRefusal(550, "5.7.1", "this account may not send to other hosts")
        : new SmtpRefusal(450, "4.7.1", string.Create(CultureInfo.InvariantCulture, $"limit of {limit} {what} a day reached; it goes on at {Today().End:yyyy-MM-dd HH:mm zzz}"));

    private (DateTimeOffset Start, DateTimeOffset End) Today()
    {
        var now = time.GetLocalNow();
        var start = new DateTimeOffset(now.Date, now.Offset);
        return (start, start.AddDays(1));
    }

    private static string FirstSpace(DateTimeOffset day) => string.Create(CultureInfo.InvariantCulture, $"sent-first:{day:yyyyMMdd}");

    private static string FirstKey(AccountId account) => account.Value.ToString(CultureInfo.InvariantCulture);
}
