using System.Collections.Concurrent;
using System.Text;
using Facteur.Delivery.Transport;
using Facteur.Smtp.Client;

namespace Facteur.Tests.Delivery.Queue;

/// <summary>The other hosts, as far as the queue sees them: each destination behaves as the test says and remembers what it got.</summary>
internal sealed class RemoteWorld : IDeliveryConnector
{
    private readonly ConcurrentDictionary<string, RemoteSite> sites = new();
    private readonly ConcurrentQueue<(string Recipient, string Text)> delivered = new();
    private readonly Lock gate = new();
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RemoteSite this[string destination] => sites.GetOrAdd(destination, name => new RemoteSite(this, name));

    /// <summary>Recipients that were delivered to, in order; a duplicate is there twice.</summary>
    public IReadOnlyList<string> Delivered => [.. delivered.Select(one => one.Recipient)];

    public IReadOnlyList<(string Recipient, string Text)> Messages => [.. delivered];

    public ValueTask<IDeliveryPath> OpenAsync(DeliveryRoute route, TransportDemands demands, CancellationToken cancel) =>
        new(new Path(this[Facteur.Delivery.Queue.RouteTable.Destination(route)], route));

    /// <summary>Waits until something that happened here makes it true.</summary>
    public async Task UntilAsync(Func<bool> condition)
    {
        while (true)
        {
            Task next;
            lock (gate) next = changed.Task;
            if (condition()) return;
            await next.WaitAsync(TimeSpan.FromSeconds(20));
        }
    }

    internal void Tell()
    {
        TaskCompletionSource told;
        lock (gate)
        {
            told = changed;
            changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        told.TrySetResult();
    }

    internal void Deliver(string recipient, string text) => delivered.Enqueue((recipient, text));

    private sealed class Path(RemoteSite site, DeliveryRoute route) : IDeliveryPath
    {
        private bool tried;

        public AttemptOutcome? Failure { get; private set; }
        public IReadOnlyList<AttemptOutcome> FailedHosts => Failure is null ? [] : [Failure];

        public async ValueTask<IDeliverySession?> ConnectAsync(CancellationToken cancel)
        {
            if (tried) return null;
            tried = true;
            var (session, failure) = await site.ConnectAsync(route, cancel);
            Failure = failure;
            return session;
        }
    }
}

/// <summary>One destination.</summary>
internal sealed class RemoteSite(RemoteWorld world, string name)
{
    private readonly Lock gate = new();
    private int open;

    /// <summary>Why nobody can be reached; null: somebody can.</summary>
    public AttemptOutcome? Unreachable { get; set; }

    /// <summary>Connections taken at once; more are told 421.</summary>
    public int MaxOpen { get; set; } = int.MaxValue;

    /// <summary>The answer for a recipient; null takes the message.</summary>
    public Func<string, AttemptOutcome?> Answer { get; set; } = _ => null;

    /// <summary>While it is there a transaction waits for it after the host took the message and before it says so.</summary>
    public TaskCompletionSource? Gate { get; set; }

    /// <summary>Tries to connect, those that failed too.</summary>
    public int Connects { get; private set; }
    public int MostOpen { get; private set; }
    public int Transactions { get; private set; }
    public int MostRecipients { get; private set; }
    public int Open { get { lock (gate) return open; } }
    public IReadOnlyList<DeliveryRoute> Routes { get; private set; } = [];

    public static AttemptOutcome Temporary(SmtpStage stage, string text, int code = 0) => new() { Verdict = AttemptVerdict.TemporaryFailure, Stage = stage, ReplyCode = code, EnhancedCode = "4.4.1", Text = text };

    public static AttemptOutcome Permanent(string enhanced = "5.1.1", string text = "no such user") => new()
    {
        Verdict = AttemptVerdict.PermanentFailure, Stage = SmtpStage.Rcpt, ReplyCode = 550, EnhancedCode = enhanced, Text = text, Host = new RemoteHost("mx.remote.test", null),
    };

    public async ValueTask<(IDeliverySession? Session, AttemptOutcome? Failure)> ConnectAsync(DeliveryRoute route, CancellationToken cancel)
    {
        await Task.Yield();
        cancel.ThrowIfCancellationRequested();
        try
        {
            lock (gate)
            {
                Connects++;
                Routes = [.. Routes, route];
                if (Unreachable is { } failure) return (null, failure);
                if (open >= MaxOpen) return (null, Temporary(SmtpStage.Greeting, "too many connections", 421));
                open++;
                MostOpen = Math.Max(MostOpen, open);
                return (new Session(this), null);
            }
        }
        finally
        {
            world.Tell();
        }
    }

    private void Close()
    {
        lock (gate) open--;
        world.Tell();
    }

    private async ValueTask<IReadOnlyList<AttemptOutcome>> TakeAsync(OutgoingEnvelope envelope, OutgoingContent content, CancellationToken cancel)
    {
        var octets = new byte[content.Length];
        for (var at = 0; at < octets.Length;) at += await content.ReadAsync(at, octets.AsMemory(at), cancel);
        var outcomes = new List<AttemptOutcome>();
        lock (gate)
        {
            Transactions++;
            MostRecipients = Math.Max(MostRecipients, envelope.Recipients.Count);
            foreach (var recipient in envelope.Recipients)
            {
                var refused = Answer(recipient.Address);
                outcomes.Add(refused ?? new AttemptOutcome { Verdict = AttemptVerdict.Delivered, Stage = SmtpStage.ContentEnd, ReplyCode = 250, EnhancedCode = "2.0.0", Text = "taken", Host = new RemoteHost($"mx.{name}", null) });
                if (refused is null) world.Deliver(recipient.Address, Encoding.Latin1.GetString(octets));
            }
        }
        world.Tell();
        if (Gate is { } wait) await wait.Task.WaitAsync(cancel);
        return outcomes;
    }

    private sealed class Session(RemoteSite site) : IDeliverySession
    {
        private bool isOver;

        public RemoteHost Host { get; } = new("mx.remote.test", null);
        public TlsFacts? Tls => null;
        public bool CanSend => !isOver;
        public int MaxRecipients => 100;

        public async ValueTask<IReadOnlyList<AttemptOutcome>> SendAsync(OutgoingEnvelope envelope, OutgoingContent content, CancellationToken cancel)
        {
            try
            {
                return await site.TakeAsync(envelope, content, cancel);
            }
            catch (OperationCanceledException)
            {
                isOver = true;
                throw;
            }
        }

        public ValueTask DisposeAsync()
        {
            isOver = true;
            site.Close();
            return default;
        }
    }
}
