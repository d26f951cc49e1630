using System.Text.Json;

namespace Facteur.IntegrationTests.World;

/// <summary>Between two Facteurs: TLS verified by DANE one way and by MTA-STS the other, and no way round it.</summary>
public sealed class VerifiedTransportTests(MailWorld world) : WorldTests(world)
{
    [Fact]
    public async Task Dane_verifies_the_way_to_b_and_all_checks_of_the_message_pass()
    {
        var subject = MailWorld.Subject("by DANE");
        var sent = await World.A.SendAsync(MailWorld.Ann, MailWorld.Bob, subject, "Bonjour.");
        var message = await World.B.WaitMessageAsync(MailWorld.Bob, subject);
        var results = Results(message);
        Assert.Contains("spf=pass smtp.mailfrom=a.test", results, StringComparison.Ordinal);
        Assert.Contains("dkim=pass header.d=a.test", results, StringComparison.Ordinal);
        Assert.Contains("dmarc=pass", results, StringComparison.Ordinal);
        Assert.DoesNotContain("dkim=fail", results, StringComparison.Ordinal);
        await World.A.WaitAttemptAsync(sent, "b.test", "1 delivered");
        var row = Assert.Single(await World.A.TraceAsync(sent, "Sent"));
        Assert.EndsWith(" DANE", row.GetProperty("detail").GetProperty("security").GetString(), StringComparison.Ordinal);
        var entry = await World.A.AskAsync("queue", "show", $"{row.GetProperty("queueId").GetInt64()}");
        Assert.EndsWith(" DANE", entry.GetProperty("attempts")[0].GetProperty("security").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mta_sts_verifies_the_way_to_a()
    {
        var subject = MailWorld.Subject("by MTA-STS");
        var sent = await World.B.SendAsync(MailWorld.Bob, MailWorld.Ann, subject, "Hello.");
        var results = Results(await World.A.WaitMessageAsync(MailWorld.Ann, subject));
        Assert.Contains("spf=pass smtp.mailfrom=b.test", results, StringComparison.Ordinal);
        Assert.Contains("dkim=pass header.d=b.test", results, StringComparison.Ordinal);
        Assert.Contains("dmarc=pass", results, StringComparison.Ordinal);
        await World.B.WaitAttemptAsync(sent, "a.test", "1 delivered");
        var row = Assert.Single(await World.B.TraceAsync(sent, "Sent"));
        Assert.EndsWith(" verified", row.GetProperty("detail").GetProperty("security").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mail_waits_while_no_TLSA_record_fits_and_goes_once_one_does()
    {
        var subject = MailWorld.Subject("false TLSA");
        var sent = await World.A.SendAsync(MailWorld.Ann, MailWorld.Dora, subject, "Only to you.");
        await World.A.WaitAttemptAsync(sent, "false.test", "0 delivered, 1 wait");
        var attempt = Assert.Single(await World.A.TraceAsync(sent, "Attempt"));
        Assert.Contains("TLSA", attempt.GetProperty("detail").GetProperty("answer").GetString(), StringComparison.Ordinal);
        Assert.Empty((await World.B.AskAsync("trace", MailWorld.Dora)).EnumerateArray());
        await World.Dns.ChangeAsync(World.FalseZone(isTrue: true));
        await RetryAsync(World.A, attempt);
        await World.B.WaitMessageAsync(MailWorld.Dora, subject);
        await World.A.WaitAttemptAsync(sent, "false.test", "1 delivered");
        var row = Assert.Single(await World.A.TraceAsync(sent, "Sent"));
        Assert.EndsWith(" DANE", row.GetProperty("detail").GetProperty("security").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mail_waits_while_the_certificate_is_for_another_name_under_enforce()
    {
        var subject = MailWorld.Subject("false certificate");
        await ReloadAsync("mail.elsewhere.test");
        string sent;
        JsonElement attempt;
        try
        {
            sent = await World.B.SendAsync(MailWorld.Bob, MailWorld.Omar, subject, "Only to you.");
            await World.B.WaitAttemptAsync(sent, "other.test", "0 delivered, 1 wait");
            attempt = Assert.Single(await World.B.TraceAsync(sent, "Attempt"));
            Assert.Contains("the certificate is not for mail.a.test", attempt.GetProperty("detail").GetProperty("answer").GetString(), StringComparison.Ordinal);
            Assert.Empty((await World.A.AskAsync("trace", MailWorld.Omar)).EnumerateArray());
        }
        finally
        {
            await ReloadAsync("mail.a.test");
        }
        await RetryAsync(World.B, attempt);
        await World.A.WaitMessageAsync(MailWorld.Omar, subject);
        await World.B.WaitAttemptAsync(sent, "other.test", "1 delivered");
        var row = Assert.Single(await World.B.TraceAsync(sent, "Sent"));
        Assert.EndsWith(" verified", row.GetProperty("detail").GetProperty("security").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Records_published_as_shown_pass_the_check_but_for_their_loopback_address()
    {
        var check = await World.B.Process.CliAsync("dns", "check", "b.test", "--json");
        using var findings = JsonDocument.Parse(check.Output);
        var wrong = findings.RootElement.EnumerateArray().Where(one => one.GetProperty("state").GetString() != "Ok").Select(one => one.GetProperty("code").GetString());
        Assert.Equal(["FCT-2114"], wrong);
        // Of the two certificates that of the mail host alone.
        Assert.Single(findings.RootElement.EnumerateArray(), one => one.GetProperty("type").GetString() == "TLSA");
    }

    private async Task ReloadAsync(string name)
    {
        World.Reissue("a", name);
        var again = World.A.Process.WaitLogAgainAsync("The configuration was read again");
        World.A.Process.Signal(PosixSignalNumber.Hangup);
        await again;
    }

    private static async Task RetryAsync(WorldServer server, JsonElement attempt)
    {
        var changed = await server.AskAsync("queue", "retry", $"{attempt.GetProperty("queueId").GetInt64()}");
        Assert.Equal(1, changed.GetProperty("recipients").GetInt32());
    }

    /// <summary>The topmost Authentication-Results field, unfolded.</summary>
    internal static string Results(string message)
    {
        var start = message.IndexOf("Authentication-Results:", StringComparison.Ordinal);
        Assert.True(start >= 0, message);
        var end = start;
        do end = message.IndexOf("\r\n", end + 1, StringComparison.Ordinal);
        while (message[end + 2] is ' ' or '\t');
        return string.Join(' ', message[start..end].Split((char[])[' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
    }
}
