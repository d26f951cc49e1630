using System.Net;
using Facteur.Accounts;
using Facteur.Storage;
using Microsoft.Extensions.Logging;
using Facteur.Tests.Support;

namespace Facteur.Tests.Accounts;

/// <summary>Two accounts of demo.test behind a login service with cheap hashing and a clock that stands until it is moved.</summary>
internal sealed class AccountsFixture : IAsyncDisposable
{
    public const string MoiPassword = "soleil-42-papier";
    public const string AmiPassword = "rivière-17-lune";

    public ManualClock Clock { get; }
    public DirectoryStore Directory => store.Directory;
    public MailStore Store => store;
    public LoginOptions Options { get; }
    public LoginService Logins { get; }
    public AccountService Administration { get; }
    public RecordedLog Log { get; } = new();
    public AppPasswords AppPasswords { get; }
    public AccountRecord Moi { get; private set; } = null!;
    public AccountRecord Ami { get; private set; } = null!;

    private readonly MailStore store;
    private readonly string folder;

    private AccountsFixture(MailStore store, string folder, LoginOptions options, ManualClock clock)
    {
        (this.store, this.folder, Clock) = (store, folder, clock);
        Options = options;
        Logins = new LoginService(store, options, Clock, Log);
        Administration = new AccountService(store, options, Clock);
        AppPasswords = new AppPasswords(store, options, Clock);
    }

    public static async Task<AccountsFixture> CreateAsync(LoginOptions? options = null)
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("facteur-accounts-").FullName;
        var clock = new ManualClock();
        var store = await TestStore.OpenAsync(folder, clock);
        var fixture = new AccountsFixture(store, folder, options ?? new LoginOptions { HashIterations = 10 }, clock);
        await fixture.Administration.AddDomainAsync("demo.test", default);
        await fixture.Administration.AddAccountAsync("moi@demo.test", "Moi", MoiPassword, default);
        await fixture.Administration.AddAccountAsync("ami@demo.test", "Ami", AmiPassword, default);
        fixture.Moi = await fixture.Administration.GetAccountAsync("moi@demo.test", default);
        fixture.Ami = await fixture.Administration.GetAccountAsync("ami@demo.test", default);
        return fixture;
    }

    public ValueTask<LoginResult> LoginAsync(string user, string password, string authorizationId = "", string remote = "192.0.2.1") =>
        Logins.LoginAsync(new LoginAttempt(user, password, new LoginClient(MailProtocol.Imap, IPAddress.Parse(remote)), authorizationId), default);

    public ValueTask<LoginResult> LoginAsync(string user, string password, LoginClient client) => Logins.LoginAsync(new LoginAttempt(user, password, client), default);

    public static LoginClient Client(MailProtocol protocol = MailProtocol.Imap, string remote = "192.0.2.1") => new(protocol, IPAddress.Parse(remote)) { IsEncrypted = true };

    public async Task<LoginRefusal> RefusalAsync(string user, string password, string authorizationId = "", string remote = "192.0.2.1") =>
        (await LoginAsync(user, password, authorizationId, remote)).Refusal;

    /// <summary>Closes the store under the service: every look at the directory fails from here on.</summary>
    public ValueTask CloseStoreAsync() => store.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        Logins.Dispose();
        await store.DisposeAsync();
        System.IO.Directory.Delete(folder, recursive: true);
    }
}

/// <summary>A clock that moves when told; timers fire as it passes them.</summary>
internal sealed class ManualClock : TimeProvider
{
    private sealed class ManualTimer(ManualClock clock, TimerCallback callback, object? state) : ITimer
    {
        public long Due = long.MaxValue;

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                Due = dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : clock.now + dueTime.Ticks;
                clock.timers.Remove(this);
                if (Due != long.MaxValue) clock.timers.Add(this);
            }
            clock.Scheduled.TrySetResult();
            return true;
        }

        public void Dispose()
        {
            lock (clock.gate) clock.timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }

    private readonly Lock gate = new();
    private readonly List<ManualTimer> timers = [];
    private long now = new DateTimeOffset(2026, 6, 1, 10, 0, 0, TimeSpan.Zero).Ticks;

    /// <summary>Completes when something waits for this clock.</summary>
    public TaskCompletionSource Scheduled { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref now), TimeSpan.Zero);
    public override long GetTimestamp() => Volatile.Read(ref now);
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void ExpectTimer() => Scheduled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        List<ManualTimer> due;
        lock (gate)
        {
            now += by.Ticks;
            due = timers.FindAll(t => t.Due <= now);
            timers.RemoveAll(due.Contains);
        }
        foreach (var timer in due) timer.Fire();
    }
}

/// <summary>Log lines as text.</summary>
internal sealed class RecordedLog : ILogger<LoginService>
{
    public List<string> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (Lines) Lines.Add($"{logLevel} {eventId.Name} {formatter(state, exception)} {exception}");
    }
}
