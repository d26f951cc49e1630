namespace Facteur.Storage.Embedded.Writing;

/// <summary>One verb waiting for the writer. It may run more than once: each time from the start, on a session that knows nothing of the last.</summary>
internal abstract class WriteOperation
{
    /// <summary>False for what must still work when the disk is nearly full: flags, expunging, removing.</summary>
    public required bool Grows { get; init; }

    public required CancellationToken Cancel { get; init; }

    /// <summary>Runs the verb and keeps its result. A <see cref="StoreRefusedException"/> it throws leaves nothing behind.</summary>
    public abstract void Run(WriteSession session);

    /// <summary>Answers the caller: the result is durable.</summary>
    public abstract void Succeed();

    public abstract void Fail(Exception error);
}

/// <inheritdoc/>
internal sealed class WriteOperation<T>(Func<WriteSession, T> verb) : WriteOperation
{
    // Asynchronous: the caller's code must not run on the writer.
    private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T result = default!;

    public Task<T> Task => completion.Task;

    public override void Run(WriteSession session) => result = verb(session);

    public override void Succeed() => completion.TrySetResult(result);

    public override void Fail(Exception error)
    {
        if (error is OperationCanceledException) completion.TrySetCanceled(Cancel);
        else completion.TrySetException(error);
    }
}
