using System.Text;
using Facteur.Accounts;
using Facteur.Delivery.Authentication;
using Facteur.Delivery.Authentication.Dkim;
using Facteur.Delivery.Domains;
using Facteur.Net.Dns;
using Facteur.Smtp;
using Facteur.Storage.Queue;
using Facteur.Tests.Smtp;
using Facteur.Tests.Support;

namespace Facteur.Tests.Delivery;

/// <summary>What becomes of mail that an address of ours leads elsewhere.</summary>
public sealed class ForwardTests
{
    private const string Message = """
        S: 220 *
        C: HELO relay.example.org
        S: 250 *
        C: MAIL FROM:<claire@example.org>
        S: 250 *
        C: RCPT TO:<moi@demo.test>
        S: 250 *
        C: DATA
        S: 354 *
        C: From: Claire <claire@example.org>
        C: Subject: bonjour
        C: Date: Sat, 14 Mar 2026 09:00:00 +0000
        C: Message-ID: <m1@example.org>
        C:
        C: une ligne
        C: .
        S: 250 *
        C: QUIT
        S: 221 *
        """;

    [Fact]
    public async Task A_forward_leaves_with_a_sender_of_ours_sealed_and_marked()
    {
        var zone = new ZoneResolver();
        await using var fixture = await SmtpFixture.CreateAsync(dns: zone);
        var keys = fixture.Handoff.Services.Keys;
        var domain = (await fixture.Store.Directory.FindDomainAsync("demo.test", default))!;
        await keys.EnsureAsync(domain, default);
        foreach (var key in await keys.PublishedAsync(domain, default)) zone.Txt($"{key.Selector}._domainkey.demo.test", key.Record);
        await new AccountService(fixture.Store, new LoginOptions { HashIterations = 10 }, new FakeTime()).SetForwardAsync("moi@demo.test", ["claude@elsewhere.test"], ForwardKeep.Keep, default);

        await fixture.RunAsync(SmtpMode.Mx, Message);

        Assert.Single(await fixture.InboxAsync("moi@demo.test"));
        var item = Assert.Single(await fixture.Store.Queue.ListAsync(new QueueFilter(), null, 10, default));
        Assert.Equal(("claude@elsewhere.test", "forward"), (item.Recipient.Address, item.Message.Kind));
        Assert.Matches("^SRS0=.+=example.org=claire@demo.test$", item.Message.Sender);

        var sent = await SentAsync(fixture, item.Message);
        Assert.StartsWith("Delivered-To: moi@demo.test\r\nARC-Seal: i=1;", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("Return-Path", sent, StringComparison.Ordinal);
        using var verifier = new SignatureVerifier();
        verifier.Write(Encoding.Latin1.GetBytes(sent));
        var results = await verifier.CompleteAsync(zone, new FakeTime(), default);
        Assert.Equal((ArcVerdict.Pass, 1), (results.Arc.Verdict, results.Arc.Instances));
        Assert.Contains("spf=none", results.Arc.FirstResults, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_was_forwarded_here_before_is_kept_instead()
    {
        await using var fixture = await SmtpFixture.CreateAsync();
        await new AccountService(fixture.Store, new LoginOptions { HashIterations = 10 }, new FakeTime()).SetForwardAsync("moi@demo.test", ["claude@elsewhere.test"], ForwardKeep.Delete, default);
        await fixture.RunAsync(SmtpMode.Mx, Message.Replace("C: From:", "C: Delivered-To: moi@demo.test\nC: From:", StringComparison.Ordinal));
        Assert.Empty(await fixture.Store.Queue.ListAsync(new QueueFilter(), null, 10, default));
        Assert.Single(await fixture.InboxAsync("moi@demo.test"));
    }

    [Fact]
    public async Task Who_is_recipient_and_target_of_a_forward_gets_one_copy_as_the_sender_wrote_it()
    {
        await using var fixture = await SmtpFixture.CreateAsync();
        await new AccountService(fixture.Store, new LoginOptions { HashIterations = 10 }, new FakeTime()).SetForwardAsync("ami@demo.test", ["Claude@elsewhere.test"], ForwardKeep.Keep, default);
        var hello = $"S: 220 *\nC: EHLO c\n{string.Concat(Enumerable.Repeat("S: 250-*\n", 11))}S: 250 AUTH *\nC: AUTH PLAIN {SmtpFixture.Plain}\nS: 235 *\n";
        await fixture.RunAsync(SmtpMode.Submission, hello + """
            C: MAIL FROM:<moi@demo.test>
            S: 250 *
            C: RCPT TO:<ami@demo.test>
            S: 250 *
            C: RCPT TO:<claude@elsewhere.test>
            S: 250 *
            C: DATA
            S: 354 *
            C: From: moi@demo.test
            C:
            C: une ligne
            C: .
            S: 250 *
            """, fixture.Transcripts() with { ImplicitTls = true });
        var item = Assert.Single(await fixture.Store.Queue.ListAsync(new QueueFilter(), null, 10, default));
        Assert.Equal(("claude@elsewhere.test", "mail", "moi@demo.test"), (item.Recipient.Address, item.Message.Kind, item.Message.Sender));
        Assert.Single(await fixture.InboxAsync("ami@demo.test"));
    }

    [Fact]
    public async Task Two_forwards_to_one_address_send_one_copy()
    {
        await using var fixture = await SmtpFixture.CreateAsync();
        var accounts = new AccountService(fixture.Store, new LoginOptions { HashIterations = 10 }, new FakeTime());
        foreach (var address in (string[])["moi@demo.test", "ami@demo.test"]) await accounts.SetForwardAsync(address, ["claude@elsewhere.test"], ForwardKeep.Delete, default);
        await fixture.RunAsync(SmtpMode.Mx, Message.Replace("C: DATA", "C: RCPT TO:<ami@demo.test>\nS: 250 *\nC: DATA", StringComparison.Ordinal));
        Assert.Equal("claude@elsewhere.test", Assert.Single(await fixture.Store.Queue.ListAsync(new QueueFilter(), null, 10, default)).Recipient.Address);
    }

    private static Task<string> SentAsync(SmtpFixture fixture, QueueMessage message) => fixture.Store.ReadSentAsync(message, Encoding.Latin1);
}
