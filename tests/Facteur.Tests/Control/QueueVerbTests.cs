using System.Text;
using Facteur.Delivery.Tracing;
using Facteur.Mail;
using Facteur.Storage;
using Facteur.Storage.Queue;

namespace Facteur.Tests.Control;

/// <summary>facteur queue and trace over a store with rows.</summary>
public sealed class QueueVerbTests
{
    private static async Task<QueueId> EnqueueAsync(CommandLine line, string sender, params string[] recipients)
    {
        var account = await line.Store.Directory.FindAccountAsync(sender, default);
        await using var intake = line.Store.BeginMessage(null);
        await intake.WriteAsync(Encoding.ASCII.GetBytes($"From: {sender}\r\nSubject: hi\r\n\r\nhello\r\n"), default);
        await intake.CompleteAsync(default);
        var message = new QueueMessage { Account = account!.Id, Transaction = "t-" + sender.Split('@')[0], Sender = sender, MessageId = $"1.{sender}", Subject = "Un [petit] mot", Created = TimeProvider.System.GetUtcNow() };
        var rows = recipients.Select(address => new NewQueueRecipient(address, address[(address.IndexOf('@', StringComparison.Ordinal) + 1)..], DsnNotify.Unstated, null)).ToList();
        IReadOnlyList<TraceEvent> trace =
        [
            new(TimeProvider.System.GetUtcNow(), TraceKind.Accepted, account.Id, message.Transaction, message.MessageId, sender, "", new TraceDetail().Add(TraceDetail.Remote, "192.0.2.7").Values),
            .. recipients.Select(address => new TraceEvent(TimeProvider.System.GetUtcNow(), TraceKind.Queued, account.Id, message.Transaction, message.MessageId, sender, address, [])),
        ];
        return (await line.Store.DeliverAsync([new Facteur.Storage.Delivery(intake, []) { Queued = [new QueueSubmission(message, rows)], Trace = trace }], default)).Queued[0];
    }

    private static async Task TryOnceAsync(CommandLine line, string destination, string answer)
    {
        var now = TimeProvider.System.GetUtcNow();
        var lease = (await line.Store.Queue.LeaseAsync(destination, now, now.AddMinutes(5), 100, default))!;
        var results = lease.Recipients.Select(recipient => new AttemptResult(recipient.Id, QueueState.Waiting, now.AddMinutes(15), QueueReport.None, now, TimeSpan.FromSeconds(1), "mx." + destination, answer, 450, "4.7.1", "TLS 1.3")).ToList();
        await line.Store.Queue.RecordAsync(lease, results, [], default);
    }

    [Fact]
    public async Task What_waits_is_listed_shown_and_counted()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        Assert.Equal("Nothing waits.\n", await line.SayAsync("queue", "list"));
        var id = (await EnqueueAsync(line, "moi@demo.test", "a@far.test", "b@far.test")).Value;
        await EnqueueAsync(line, "ami@demo.test", "c@other.test");
        await TryOnceAsync(line, "far.test", "450 4.7.1 come [again]");
        var listed = await line.SayAsync("queue", "list");
        Assert.Matches(@"moi@demo.test │ a@far.test +│ waiting │ +1 │ \d\d-\d\d \d\d:\d\d:\d\d │ 450 4.7.1 come \[again\]", listed);
        Assert.Matches("ami@demo.test │ c@other.test │ waiting │ +0 │", listed);
        Assert.Equal(["a@far.test", "b@far.test"], (await line.JsonAsync("queue", "list", "--account", "moi@demo.test"))["items"]!.AsArray().Select(item => (string)item!["to"]!));
        var page = await line.JsonAsync("queue", "list", "--max", "1");
        Assert.Equal("b@far.test", (string)(await line.JsonAsync("queue", "list", "--max", "1", "--after", $"{(long)page["next"]!}"))["items"]![0]!["to"]!);
        Assert.Contains("There is more: facteur queue list --after", await line.SayAsync("queue", "list", "--max", "1"), StringComparison.Ordinal);
        var shown = await line.SayAsync("queue", "show", $"{id}");
        Assert.Contains($"{id}  Un [petit] mot\nFrom <moi@demo.test>", shown, StringComparison.Ordinal);
        Assert.Contains("mx.far.test  450 4.7.1 come [again]  (TLS 1.3)", shown, StringComparison.Ordinal);
        Assert.Matches("far.test +│ +2 │ +0 │", await line.SayAsync("queue", "stats"));
        Assert.Contains("3 waiting, 0 held, 2 destinations.", await line.SayAsync("queue", "stats"), StringComparison.Ordinal);
        Assert.StartsWith("There is no message 999", await line.RefusedAsync("queue", "show", "999"), StringComparison.Ordinal);
        Assert.Equal("\"x\" is no number of a message in the queue.", await line.RefusedAsync("queue", "show", "x"));
    }

    [Fact]
    public async Task What_waits_is_changed_by_hand_and_the_trace_says_by_whom()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        var id = (await EnqueueAsync(line, "moi@demo.test", "a@far.test", "b@far.test")).Value;
        await EnqueueAsync(line, "ami@demo.test", "c@other.test");
        Assert.Equal("2 recipients held.\n", await line.SayAsync("queue", "hold", "--destination", "far.test"));
        Assert.Equal(2, (await line.JsonAsync("queue", "list", "--state", "held"))["items"]!.AsArray().Count);
        Assert.Equal("1 recipient released.\n", await line.SayAsync("queue", "release", $"{id}", "--to", "a@far.test"));
        Assert.Equal("1 recipient to be tried now.\n", await line.SayAsync("queue", "retry", "--sender", "ami@demo.test"));
        Assert.Equal("1 recipient redirected.\n", await line.SayAsync("queue", "redirect", $"{id}", "z@third.test", "--to", "a@far.test"));
        Assert.Equal("1 recipient cancelled.\n", await line.SayAsync("queue", "cancel", $"{id}", "--to", "b@far.test"));
        Assert.Equal("2 recipients returned to the sender.\n", await line.SayAsync("queue", "bounce", "--all", "--reason", "moved"));
        Assert.Equal((1, "Nothing that waits matches.\n", ""), await line.RunAsync("queue", "retry", "--all"));
        Assert.StartsWith("Say which:", await line.RefusedAsync("queue", "hold"), StringComparison.Ordinal);
        Assert.NotEqual("", await line.RefusedAsync("queue", "redirect", $"{id}", "nobody"));
        Assert.Equal(2, (await line.RunAsync("queue", "list", "--state", "lost")).Exit);
        Assert.Contains("by facteur queue: hold", await line.SayAsync("trace", "b@far.test"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_life_is_found_by_address_id_and_number_in_both_languages()
    {
        await using var line = await CommandLine.WithAccountsAsync();
        var id = (await EnqueueAsync(line, "moi@demo.test", "a@far.test", "b@far.test")).Value;
        await EnqueueAsync(line, "ami@demo.test", "a@far.test");
        Assert.Equal(2, (await line.JsonAsync("trace", "a@far.test")).AsArray().Count);
        var ofMoi = Assert.Single((await line.JsonAsync("trace", "a@far.test", "--account", "moi@demo.test")).AsArray())!;
        Assert.Equal(["Accepted", "Queued", "Queued"], ofMoi["rows"]!.AsArray().Select(row => (string)row!["kind"]!));
        Assert.Single((await line.JsonAsync("trace", "<1.ami@demo.test>")).AsArray());
        Assert.Single((await line.JsonAsync("trace", $"{id}")).AsArray());
        Assert.Single((await line.JsonAsync("trace", "t-ami", "--since", "1h")).AsArray());
        Assert.Empty((await line.JsonAsync("trace", "t-ami", "--account", "moi@demo.test")).AsArray());
        Assert.Contains("Waiting to be sent to b@far.test", await line.SayAsync("trace", $"{id}"), StringComparison.Ordinal);
        Assert.Contains("En attente", await line.SayAsync("trace", $"{id}", "--lang", "fr"), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("Nothing is known of it. The trace is kept for 30 days.\n", await line.SayAsync("trace", "nobody@else.test"));
        Assert.Equal(2, (await line.RunAsync("trace", "--since", "yesterdayish")).Exit);
    }
}
