using Facteur.Smtp;
using Facteur.Tests.Smtp;
using Facteur.Tests.Support;

namespace Facteur.Tests.Delivery;

/// <summary>Never an open relay (S-24): the whole matrix of service, login and recipient.</summary>
[Trait("Promise", "S-24")]
public sealed class RelayTests
{
    private static readonly (string Recipient, bool IsOurs)[] Recipients =
    [
        ("moi@demo.test", true),
        ("MOI@DEMO.TEST", true),
        ("moi+detail@demo.test", true),
        ("alias@demo.test", true),
        ("\"moi\"@demo.test", true),
        ("@example.org,@example.net:moi@demo.test", true),
        ("someone@example.org", false),
        ("someone%example.org@demo.test", false),
        ("example.org!someone@demo.test", false),
        ("@demo.test:someone@example.org", false),
        ("@demo.test,@demo.test:someone@example.org", false),
        ("\"someone@example.org\"@demo.test", false),
        ("someone@example.org@demo.test", false),
        ("moi@demo.test@example.org", false),
        ("moi@[127.0.0.1]", false),
        ("moi@[IPv6:::1]", false),
        ("moi@[IPv6:::ffff:127.0.0.1]", false),
        ("moi@localhost", false),
        ("moi@sub.demo.test", false),
        ("moi@demo.test.", false),
        ("moi@demo.test.example.org", false),
        ("moi@.demo.test", false),
        ("someone", false),
        ("moi", false),
        ("nobody@demo.test", false),
        ("+moi@demo.test", false),
        ("", false),
    ];

    [Theory]
    [InlineData(SmtpMode.Mx, "none")]
    [InlineData(SmtpMode.Mx, "good")]
    [InlineData(SmtpMode.Mx, "bad")]
    [InlineData(SmtpMode.Submission, "none")]
    [InlineData(SmtpMode.Submission, "good")]
    [InlineData(SmtpMode.Submission, "bad")]
    [InlineData(SmtpMode.Lmtp, "none")]
    [InlineData(SmtpMode.Lmtp, "good")]
    public async Task Only_mail_for_ours_is_taken(SmtpMode mode, string login)
    {
        await using var fixture = await SmtpFixture.CreateAsync(new SmtpOptions { HostName = "mx.demo.test", MaxErrors = 1_000 });
        var (server, client) = MemoryConnection.Create(fixture.Transcripts().Connection);
        var session = Task.Run(async () =>
        {
            await using (server)
                if (await server.HandshakeAsync(default) is null) await fixture.Handler(mode).RunAsync(server, default);
        });
        await client.StartTlsAsync(default);
        await AnswerAsync(client);
        await SayAsync(client, mode == SmtpMode.Lmtp ? "LHLO c" : "EHLO c");
        if (login != "none")
        {
            var plain = login == "good" ? SmtpFixture.Plain : Convert.ToBase64String("\0moi@demo.test\0wrong"u8);
            Assert.Equal(mode == SmtpMode.Submission && login == "good", await SayAsync(client, "AUTH PLAIN " + plain) == 235);
        }
        var mayMail = mode != SmtpMode.Submission || login == "good";
        foreach (var (recipient, isOurs) in Recipients)
        {
            Assert.Equal(mayMail ? 250 : 530, await SayAsync(client, mode == SmtpMode.Submission ? "MAIL FROM:<moi@demo.test>" : "MAIL FROM:<a@example.org>"));
            var code = await SayAsync(client, $"RCPT TO:<{recipient}>");
            if (mayMail && isOurs) Assert.Equal(250, code);
            else Assert.InRange(code, 500, 599);
            if (!(mayMail && isOurs)) Assert.Equal(503, await SayAsync(client, "DATA"));
            if (mayMail) Assert.Equal(250, await SayAsync(client, "RSET"));
            else await SayAsync(client, "NOOP");
            if (!mayMail) break; // nothing but 530 and 503, and too many of them end the session
        }
        await client.CloseAsync();
        await session;
    }

    private static async Task<int> SayAsync(MemoryClient client, string command)
    {
        await client.WriteAsync(command + "\r\n", default);
        return await AnswerAsync(client);
    }

    private static async Task<int> AnswerAsync(MemoryClient client)
    {
        while (await client.ReadLineAsync(default) is { } line)
            if (line.Length < 4 || line[3] != '-') return int.Parse(line.AsSpan(0, 3), System.Globalization.CultureInfo.InvariantCulture);
        return 0;
    }
}
