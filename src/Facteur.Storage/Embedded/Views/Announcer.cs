using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Facteur.Storage.Embedded.Views;

/// <summary>Tells of commits in their order, on a task of its own: a slow listener never holds up the writer.</summary>
internal sealed partial class Announcer : IAsyncDisposable
{
    private readonly Channel<(List<SharedView> Views, List<AccountChange> Accounts, Action? Call)> queue =
        Channel.CreateUnbounded<(List<SharedView>, List<AccountChange>, Action?)>(new UnboundedChannelOptions { SingleReader = true });

    private readonly Action<AccountChange> raise;
    private readonly ILogger logger;
    private readonly Task loop;

    public Announcer(Action<AccountChange> raise, ILogger logger)
    {
        (this.raise, this.logger) = (raise, logger);
        loop = Task.Run(LoopAsync);
    }

    public void Post(List<SharedView> views, List<AccountChange> accounts) => queue.Writer.TryWrite((views, accounts, null));

    public void Post(Action call) => queue.Writer.TryWrite(([], [], call));

    /// <summary>Waits until all that was posted before is told.</summary>
    public Task CaughtUpAsync()
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return queue.Writer.TryWrite(([], [], told.SetResult)) ? told.Task : Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await loop;
    }

    private async Task LoopAsync()
    {
        await foreach (var (views, accounts, call) in queue.Reader.ReadAllAsync())
        {
            foreach (var view in views) Guard(view.Notify);
            foreach (var account in accounts) Guard(() => raise(account));
            if (call is not null) Guard(call);
        }
    }

    private void Guard(Action call)
    {
        try
        {
            call();
        }
        catch (Exception e)
        {
            LogListenerFailed(e);
        }
    }

    [LoggerMessage(LogLevel.Error, "A listener of the store failed")]
    private partial void LogListenerFailed(Exception error);
}
