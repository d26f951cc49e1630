using System.Globalization;
using Facteur.Accounts;
using Facteur.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Facteur.Pop3;

/// <summary>Takes messages off the server so many days after POP3 fetched them, where the account wants it: once an hour, a few at a time.</summary>
public sealed partial class DownloadExpiry(MailStore store, TimeProvider time, ILogger<DownloadExpiry> logger) : BackgroundService
{
    private const int Step = 500;

    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    private readonly DownloadLog downloads = new(store, time);
    private readonly AccountSettings settings = new(store.Settings);

    /// <summary>One round over all accounts; answers how many messages went.</summary>
    public async ValueTask<int> RunOnceAsync(CancellationToken cancel)
    {
        var removed = 0;
        foreach (var space in await store.State.SpacesAsync(DownloadLog.Spaces, cancel))
            if (long.TryParse(space.AsSpan(DownloadLog.Spaces.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                removed += await ExpireAsync(new AccountId(id), space, cancel);
        return removed;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Interval, time, stoppingToken);
                await RunOnceAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogFailed(e);
            }
        }
    }

    private async ValueTask<int> ExpireAsync(AccountId id, string space, CancellationToken cancel)
    {
        if (await store.Directory.GetAccountAsync(id, cancel) is not { } account)
        {
            await store.State.RemoveSpaceAsync(space, cancel);
            return 0;
        }
        var total = 0;
        while (true)
        {
            var setting = await settings.PopAsync(account, cancel);
            if (setting.Scope == PopScope.Off) return total;
            var removed = await downloads.ExpireAsync(account, setting, Step, cancel);
            if (removed.Count == 0) return total;
            total += removed.Count;
            LogExpired(account.Address, removed.Count);
            if ((await store.FindMailboxAsync(id, "INBOX", cancel)) is { } inbox)
                store.Trace.Note(TraceKind.Deleted, id, inbox.Id, removed, "POP3", "", "");
        }
    }

    [LoggerMessage(LogLevel.Information, "{Count} messages of {Account} left the server some days after POP3 fetched them", EventName = "DownloadsExpired")]
    private partial void LogExpired(string account, int count);

    [LoggerMessage(LogLevel.Error, "Messages that were fetched by POP3 could not be removed; it is tried again", EventName = "ExpiryFailed")]
    private partial void LogFailed(Exception error);
}
