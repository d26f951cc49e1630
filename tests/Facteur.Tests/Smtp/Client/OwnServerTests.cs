using System.IO.Pipelines;
using System.Text;
using Facteur.Mail;
using Facteur.Net;
using Facteur.Smtp;
using Facteur.Smtp.Client;
using Facteur.Tests.Support;

namespace Facteur.Tests.Smtp.Client;

/// <summary>Our client and our server: what one sends the other keeps.</summary>
public sealed class OwnServerTests
{
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Messages_arrive_as_they_were(bool useChunking, bool useTls)
    {
        await using var fixture = await SmtpFixture.CreateAsync(new SmtpOptions { HostName = "mx.demo.test" });
        var random = new Random(42);
        var sent = Enumerable.Range(0, 6).Select(i => Message(random, i switch { 0 => 0, 5 => 400_000, _ => random.Next(40_000) })).ToList();
        var opening = await OpenAsync(fixture, SmtpMode.Mx, useTls, new SmtpClientOptions { HostName = "client.example", UseChunking = useChunking });
        await using var session = opening.Session!;
        foreach (var message in sent)
        {
            var envelope = ClientConversation.Envelope("moi@demo.test", "nobody@demo.test") with { Body = BodyType.Unstated };
            var outcomes = await session.SendAsync(envelope, ClientConversation.Content(message), CancellationToken.None);
            Assert.Equal([AttemptVerdict.Delivered, AttemptVerdict.PermanentFailure], outcomes.Select(outcome => outcome.Verdict));
            Assert.Equal(useTls, outcomes[0].Tls is not null);
        }
        var received = await fixture.InboxAsync("moi@demo.test");
        Assert.Equal(sent.Count, received.Count);
        foreach (var (message, stored) in sent.Zip(received)) Assert.EndsWith(Encoding.Latin1.GetString(message), stored, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LMTP_delivers_to_each()
    {
        await using var fixture = await SmtpFixture.CreateAsync();
        var opening = await OpenAsync(fixture, SmtpMode.Lmtp, useTls: false, ClientConversation.Options);
        await using var session = opening.Session!;
        var outcomes = await session.SendAsync(ClientConversation.Envelope("moi@demo.test", "x@demo.test", "ami@demo.test"), ClientConversation.Small, CancellationToken.None);
        Assert.Equal([AttemptVerdict.Delivered, AttemptVerdict.PermanentFailure, AttemptVerdict.Delivered], outcomes.Select(outcome => outcome.Verdict));
        Assert.Single(await fixture.InboxAsync("ami@demo.test"));
    }

    private static byte[] Message(Random random, int octets)
    {
        var text = new StringBuilder("From: a@client.example\r\nSubject: random\r\n\r\n");
        while (text.Length < octets) text.Append(random.Next(4) == 0 ? "." : "").Append(new string((char)random.Next(32, 256), random.Next(90))).Append("\r\n");
        return Encoding.Latin1.GetBytes(text.ToString());
    }

    private static async Task<SmtpOpening> OpenAsync(SmtpFixture fixture, SmtpMode mode, bool useTls, SmtpClientOptions options)
    {
        var up = new Pipe(new PipeOptions(useSynchronizationContext: false));
        var down = new Pipe(new PipeOptions(useSynchronizationContext: false));
        var server = MailConnection.ForPipes(new Ends(up.Reader, down.Writer), new MailConnectionOptions { Certificates = useTls ? TestCertificate.Store : null, Limits = ConnectionLimits.Relay });
        _ = Task.Run(async () =>
        {
            await using (server) await fixture.Handler(mode).RunAsync(server, CancellationToken.None);
        });
        var setup = ClientConversation.Setup(useTls ? TlsUse.Required : TlsUse.Never, isLmtp: mode == SmtpMode.Lmtp);
        return await SmtpClientSession.OpenAsync(new DuplexPipeStream(down.Reader, up.Writer), setup, options, TimeProvider.System, CancellationToken.None);
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
