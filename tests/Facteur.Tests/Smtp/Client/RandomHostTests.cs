using System.Text;
using Facteur.Mail;
using Facteur.Smtp.Client;
using Facteur.Tests.Support;

namespace Facteur.Tests.Smtp.Client;

/// <summary>Hosts that answer anything: every recipient gets an outcome, and "delivered" only by a yes to the end of the content.</summary>
public sealed class RandomHostTests
{
    private static readonly string[] Answers =
    [
        "250 ok", "250 ok", "250 ok", "250-a\r\n250-PIPELINING\r\n250 CHUNKING", "250-a\r\n250-PIPELINING\r\n250 8BITMIME", "250-a\r\n250 SIZE 100", "354 go", "354 go", "220 hello", "450 4.2.0 wait", "550 5.1.1 no", "421 bye", "552 full",
        "235 x", "999 x", "25", "", "\0", "250-never", "250 ok\r\n250 twice", "\u00e9\u00e9", "334 x",
    ];

    [Fact]
    public async Task Every_recipient_gets_an_outcome_and_yes_comes_from_the_host()
    {
        using var net = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        for (var seed = 0; seed < 1_000; seed++)
        {
            var (client, peer) = MemoryWire.CreatePair();
            var time = new FakeTime();
            var host = new RandomHost(new Random(seed));
            var serving = host.ServeAsync(peer);
            var talking = TalkAsync(client, host, time, seed, net.Token);
            while (!talking.IsCompleted)
            {
                // Both wait for the other: the time of a step passes.
                if (client.IsReading && peer.IsReading && client.Received == peer.Written && peer.Received == client.Written) time.Advance(TimeSpan.FromMinutes(11));
                net.Token.ThrowIfCancellationRequested();
                await Task.Yield();
            }
            await talking;
            await serving.WaitAsync(net.Token);
        }
    }

    private static async Task TalkAsync(MemoryWire client, RandomHost host, FakeTime time, int seed, CancellationToken cancel)
    {
        var envelope = ClientConversation.Envelope("a@mx.example", "b@mx.example") with { Body = BodyType.Unstated };
        var opening = await SmtpClientSession.OpenAsync(client, ClientConversation.Setup(), ClientConversation.Options, time, cancel);
        Assert.True((opening.Session is null) == (opening.Failure is not null));
        for (var i = 0; i < 3 && opening.Session is { CanSend: true } session; i++)
        {
            var yes = host.YesToContent;
            var outcomes = await session.SendAsync(envelope, ClientConversation.Content("Subject: x\r\n\r\nCONTENT\r\n"), cancel);
            Assert.Equal(2, outcomes.Count);
            Assert.All(outcomes, outcome => Assert.NotEmpty(outcome.EnhancedCode));
            if (outcomes.Any(outcome => outcome.Verdict == AttemptVerdict.Delivered)) Assert.True(host.YesToContent > yes, $"seed {seed}");
        }
        if (opening.Session is not null) await opening.Session.DisposeAsync();
    }

    private sealed class RandomHost(Random random)
    {
        public int YesToContent { get; private set; }

        public async Task ServeAsync(Stream stream)
        {
            var buffer = new byte[4096];
            try
            {
                await SayAsync(stream, random.Next(5) == 0 ? Pick() : "220 x");
                await SayAsync(stream, random.Next(5) == 0 ? Pick() : "250-a\r\n250 " + (random.Next(2) == 0 ? "PIPELINING" : "X"), await stream.ReadAsync(buffer));
                // Enough answers for any conversation, then the line goes dead.
                for (var turn = 0; turn < 40; turn++)
                {
                    var count = await stream.ReadAsync(buffer);
                    if (count == 0) return;
                    var heard = Encoding.ASCII.GetString(buffer, 0, count);
                    foreach (var line in heard.Split("\r\n", StringSplitOptions.RemoveEmptyEntries))
                    {
                        var answer = random.Next(30) == 0 ? null : Pick();
                        if (answer is null) return;
                        if (answer.StartsWith('2')) YesToContent++; // any line may have been the end of the content
                        if (line is "CONTENT" or "Subject: x") continue;
                        await SayAsync(stream, answer);
                    }
                }
            }
            catch (IOException)
            {
                // The client has had enough.
            }
            finally
            {
                await stream.DisposeAsync();
            }
        }

        private string Pick() => Answers[random.Next(Answers.Length)];

        private static async Task SayAsync(Stream stream, string text, int heard = 1)
        {
            if (heard > 0) await stream.WriteAsync(Encoding.UTF8.GetBytes(text + "\r\n"));
        }
    }
}
