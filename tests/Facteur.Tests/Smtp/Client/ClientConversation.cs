using System.Text;
using Facteur.Mail;
using Facteur.Smtp.Client;

namespace Facteur.Tests.Smtp.Client;

/// <summary>What came of a conversation between our client and a scripted host.</summary>
internal sealed record ClientResult(SmtpOpening Opening, IReadOnlyList<AttemptOutcome> Outcomes)
{
    public AttemptOutcome Only => Assert.Single(Outcomes);
    public AttemptOutcome Failure => Opening.Failure!;
}

/// <summary>Runs our client against a <see cref="ScriptedPeer"/>.</summary>
internal static class ClientConversation
{
    /// <summary>A greeting and an answer to EHLO with the usual extensions.</summary>
    public const string Hello = """
        S: 220 mx.example ESMTP
        C: EHLO client.example
        S: 250-mx.example
        S: 250-PIPELINING
        S: 250-SIZE 1000000
        S: 250-8BITMIME
        S: 250-DSN
        S: 250-SMTPUTF8
        S: 250 ENHANCEDSTATUSCODES

        """;

    /// <summary>The same from a host of 1990.</summary>
    public const string PlainHello = """
        S: 220 mx.example
        C: EHLO client.example
        S: 250 mx.example

        """;

    public static readonly SmtpClientOptions Options = new() { HostName = "client.example" };

    public static OutgoingEnvelope Envelope(params string[] recipients) => new()
    {
        Sender = "sender@client.example",
        Recipients = [.. recipients.Select(address => new OutgoingRecipient(address))],
        Body = BodyType.SevenBit,
    };

    public static OutgoingContent Content(string text) => new(default, new TextSource(Encoding.UTF8.GetBytes(text)));

    public static OutgoingContent Content(byte[] octets) => new(default, new TextSource(octets));

    public static readonly OutgoingContent Small = Content("Subject: hi\r\n\r\nhello\r\n");

    public static SmtpClientSetup Setup(TlsUse tls = TlsUse.WhenOffered, SmtpCredentials? credentials = null, bool isLmtp = false, ISmtpClientObserver? observer = null, PeerCheck? check = null) => new()
    {
        Host = new RemoteHost("mx.example", null),
        Tls = new SmtpClientTls(tls, "mx.example") { Check = check },
        Credentials = credentials,
        IsLmtp = isLmtp,
        Observer = observer,
    };

    /// <summary>Opens a session, sends each message in turn, says QUIT; the host plays the script meanwhile.</summary>
    public static async Task<ClientResult> RunAsync(
        string script, ScriptedPeer? peer = null, SmtpClientSetup? setup = null, SmtpClientOptions? options = null, params (OutgoingEnvelope Envelope, OutgoingContent Content)[] messages)
    {
        peer ??= new ScriptedPeer();
        using var net = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        if (messages.Length == 0) messages = [(Envelope("a@mx.example"), Small)];
        var client = Task.Run(() => TalkAsync(peer, setup ?? Setup(), options ?? Options, messages, net.Token), CancellationToken.None);
        try
        {
            await peer.PlayAsync(script, client, net.Token);
            await peer.CloseAsync();
            return await client.WaitAsync(net.Token);
        }
        catch (OperationCanceledException) when (net.IsCancellationRequested)
        {
            Assert.Fail("nothing happened for 20 s");
            throw;
        }
    }

    private static async Task<ClientResult> TalkAsync(
        ScriptedPeer peer, SmtpClientSetup setup, SmtpClientOptions options, (OutgoingEnvelope Envelope, OutgoingContent Content)[] messages, CancellationToken cancel)
    {
        var opening = await SmtpClientSession.OpenAsync(peer.Client, setup, options, peer.Time, cancel);
        var outcomes = new List<AttemptOutcome>();
        if (opening.Session is { } session)
        {
            foreach (var (envelope, content) in messages)
                if (session.CanSend) outcomes.AddRange(await session.SendAsync(envelope, content, cancel));
            await session.DisposeAsync();
        }
        return new ClientResult(opening, outcomes);
    }

    public sealed class TextSource(byte[] octets) : IMessageSource
    {
        public long Length { get; init; } = octets.Length;

        public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancel)
        {
            if (offset >= octets.Length) return new(0);
            var count = Math.Min(buffer.Length, octets.Length - (int)offset);
            octets.AsMemory((int)offset, count).CopyTo(buffer);
            return new(count);
        }
    }
}
