using System.Text.Json;
using Facteur.Delivery;
using Facteur.Delivery.Receiving;
using Facteur.Smtp;
using Facteur.Storage;
using Facteur.Storage.Queue;
using Facteur.Tests.Smtp;
using Facteur.Tests.Support;

namespace Facteur.Tests.Delivery;

/// <summary>What is counted and learnt of a message comes after its commit, and never changes what the client is told.</summary>
public sealed class BookkeepingTests
{
    public static TheoryData<Exception> Failures => [new StoreFullException("full"), new StoreFailedException("failed"), new OperationCanceledException(), new StoreRefusedException(StoreRefusal.NotPossible, "refused")];

    private static readonly string Login = $"S: 220 *\nC: EHLO c\n{string.Concat(Enumerable.Repeat("S: 250-*\n", 11))}S: 250 AUTH *\nC: AUTH PLAIN {SmtpFixture.Plain}\nS: 235 *\n";

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public async Task A_message_that_is_there_is_told_so_whatever_fails_after_it(Exception failure)
    {
        await using var fixture = await SmtpFixture.CreateAsync();
        var account = await fixture.Administration.GetAccountAsync("moi@demo.test", default);
        await fixture.Store.Directory.AddAddressAsync(new AddressRecord("x7@demo.test", account.Id) { Label = "boutique", IsDisposable = true }, default);
        var state = new WaywardState(fixture.Store.State) { OnAdd = _ => throw failure };
        var handoff = new MailHandoff(TestDelivery.Services(fixture.Store, "mx.demo.test", new FakeTime(), state: state));

        await RunAsync(fixture, handoff, SmtpMode.Mx, "S: 220 *\nC: HELO c\nS: 250 *\n" + Message("a@example.org", "x7@demo.test"));
        await RunAsync(fixture, handoff, SmtpMode.Submission, Login + Message("moi@demo.test", "b@example.org"));

        Assert.Single(await fixture.InboxAsync("moi@demo.test"));
        Assert.Single(await fixture.Store.Queue.ListAsync(new QueueFilter(), null, 10, default));
        Assert.Equal(3, state.Refused); // the disposable address, the first-time recipient, the correspondent
    }

    [Fact]
    public async Task Nobody_waits_for_it_and_the_limit_of_the_day_holds_meanwhile()
    {
        await using var fixture = await SmtpFixture.CreateAsync();
        var account = await fixture.Administration.GetAccountAsync("moi@demo.test", default);
        await fixture.Store.Settings.SetAsync(SettingScope.Site, "limits", JsonSerializer.SerializeToUtf8Bytes(new { newRecipientsPerDay = 1 }, JsonSerializerOptions.Web), default);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var state = new WaywardState(fixture.Store.State) { OnAdd = _ => gate.Task };
        var services = TestDelivery.Services(fixture.Store, "mx.demo.test", new FakeTime(), state: state);
        using var bookkeeping = services.Bookkeeping;
        await bookkeeping.StartAsync(default);

        var handoff = new MailHandoff(services);
        await RunAsync(fixture, handoff, SmtpMode.Submission, Login + Message("moi@demo.test", "b@example.org"));
        await RunAsync(fixture, handoff, SmtpMode.Submission, Login + "C: MAIL FROM:<moi@demo.test>\nS: 250 *\nC: RCPT TO:<c@example.org>\nS: 450 4.7.1 limit of 1 new recipients *\nC: QUIT\nS: 221 *");
        Assert.Null(await fixture.Store.State.GetAsync($"correspondent:{account.Id.Value}", "b@example.org", default));

        gate.SetResult();
        await bookkeeping.StopAsync(default);
        Assert.Equal(1, (await fixture.Store.State.GetAsync($"correspondent:{account.Id.Value}", "b@example.org", default))!.First);
        Assert.Equal(1, (await fixture.Store.State.GetAsync("sent-first:20260314", $"{account.Id.Value}", default))!.First);
    }

    [Fact]
    public async Task When_too_much_waits_who_brings_a_note_writes_it()
    {
        using var bookkeeping = new Bookkeeping(Microsoft.Extensions.Logging.Abstractions.NullLogger<Bookkeeping>.Instance);
        await bookkeeping.StartAsync(default);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var written = 0;
        var own = 0;
        for (var i = 0; i < 3_000; i++)
        {
            var note = bookkeeping.AddAsync("t", async _ =>
            {
                await gate.Task;
                Interlocked.Increment(ref written);
            });
            if (!note.IsCompleted) own++;
        }
        Assert.InRange(own, 1_900, 2_000); // 1,000 wait, up to 100 are being written
        gate.SetResult();
        await bookkeeping.StopAsync(default);
        while (Volatile.Read(ref written) < 3_000) await Task.Yield();
    }

    private static string Message(string sender, string recipient) =>
        $"C: MAIL FROM:<{sender}>\nS: 250 *\nC: RCPT TO:<{recipient}>\nS: 250 *\nC: DATA\nS: 354 *\nC: From: {sender}\nC: Subject: a\nC:\nC: x\nC: .\nS: 250 2.0.0 *\nC: QUIT\nS: 221 *";

    private static Task RunAsync(SmtpFixture fixture, MailHandoff handoff, SmtpMode mode, string script) =>
        Transcript.RunAsync(new SmtpConnectionHandler(mode, fixture.Options, handoff, fixture.Logins), script, fixture.Transcripts() with { ImplicitTls = mode == SmtpMode.Submission });

    /// <summary>The state of a store whose counters cannot be written, or not yet.</summary>
    private sealed class WaywardState(StateStore inner) : StateStore
    {
        private int refused;

        public required Func<string, Task> OnAdd { get; init; }

        public int Refused => refused;

        public override async ValueTask AddAsync(string space, IReadOnlyList<StateChange> changes, CancellationToken cancel)
        {
            try
            {
                await OnAdd(space);
            }
            catch
            {
                Interlocked.Increment(ref refused);
                throw;
            }
            await inner.AddAsync(space, changes, cancel);
        }

        public override ValueTask<StateEntry?> GetAsync(string space, string key, CancellationToken cancel) => inner.GetAsync(space, key, cancel);
        public override ValueTask<IReadOnlyDictionary<string, StateEntry>> GetManyAsync(string space, IReadOnlyCollection<string> keys, CancellationToken cancel) => inner.GetManyAsync(space, keys, cancel);
        public override ValueTask<IReadOnlyList<StateEntry>> ListAsync(string space, string prefix, string? after, int max, CancellationToken cancel) => inner.ListAsync(space, prefix, after, max, cancel);
        public override ValueTask<IReadOnlyList<string>> SpacesAsync(string prefix, CancellationToken cancel) => inner.SpacesAsync(prefix, cancel);
        public override ValueTask SetAsync(string space, IReadOnlyList<StateEntry> entries, CancellationToken cancel) => inner.SetAsync(space, entries, cancel);
        public override ValueTask<bool> RemoveAsync(string space, string key, CancellationToken cancel) => inner.RemoveAsync(space, key, cancel);
        public override ValueTask RemoveSpaceAsync(string space, CancellationToken cancel) => inner.RemoveSpaceAsync(space, cancel);
        public override ValueTask<int> PurgeAsync(DateTimeOffset now, int max, CancellationToken cancel) => inner.PurgeAsync(now, max, cancel);
    }
}
