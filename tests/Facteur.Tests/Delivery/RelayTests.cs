using Facteur.Smtp;
using Facteur.Tests.Smtp;
using Facteur.Tests.Support;

namespace Facteur.Tests.Delivery;

/// <summary>Never an open relay (S-24): the whole matrix of service, login and recipient.</summary>
[Trait("Promise", "S-24")]
public sealed class RelayTests
{
    /// <summary>Where an address leads: to a mailbox of this server, to another host, or to nobody.</summary>
    private enum Place { Here, Elsewhere, Nowhere }

    private static readonly (string Recipient, Place Place)[] Recipients =
    [
        ("moi@demo.test", Place.Here),
        ("MOI@DEMO.TEST", Place.Here),
        ("moi+detail@demo.test", Place.Here),
        ("alias@demo.test", Place.Here),
        ("\"moi\"@demo.test", Place.Here),
        ("@example.org,@example.net:moi@demo.test", Place.Here),
        ("someone@example.org", Place.Elsewhere),
        ("someone%example.org@demo.test", Place.Nowhere),
        ("example.org!someone@demo.test", Place.Nowhere),
        ("@demo.test:someone@example.org", Place.Elsewhere),
        ("@demo.test,@demo.test:someone@example.org", Place.Elsewhere),
        ("\"someone@example.org\"@demo.test", Place.Nowhere),
        ("someone@example.org@demo.test", Place.Nowhere),
        ("moi@demo.test@example.org", Place.Nowhere),
        ("moi@[127.0.0.1]", Place.Elsewhere),
        ("moi@[IPv6:::1]", Place.Elsewhere),
        ("moi@[IPv6:::ffff:127.0.0.1]", Place.Elsewhere),
        ("moi@localhost", Place.Elsewhere),
        ("moi@sub.demo.test", Place.Elsewhere),
        ("moi@demo.test.", Place.Nowhere),
        ("moi@demo.test.example.org", Place.Elsewhere),
        ("moi@.demo.test", Place.Nowhere),
        ("someone", Place.Nowhere),
        ("moi", Place.Nowhere),
        ("nobody@demo.test", Place.Nowhere),
        ("+moi@demo.test", Place.Nowhere),
        ("", Place.Nowhere),
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
        foreach (var (recipient, place) in Recipients)
        {
            // Only who logged in sends to other hosts.
            var isTaken = mayMail && (place == Place.Here || (place == Place.Elsewhere && mode == SmtpMode.Submission));
            Assert.Equal(mayMail ? 250 : 530, await SayAsync(client, mode == SmtpMode.Submission ? "MAIL FROM:<moi@demo.test>" : "MAIL FROM:<a@example.org>"));
            var code = await SayAsync(client, $"RCPT TO:<{recipient}>");
            if (isTaken) Assert.True(code == 250, $"{recipient}: {code}");
            else Assert.True(code is >= 500 and < 600, $"{recipient}: {code}");
            if (!isTaken) Assert.Equal(503, await SayAsync(client, "DATA"));
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
