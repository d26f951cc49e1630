namespace Facteur.IntegrationTests.World;

/// <summary>Between two Facteurs: TLS verified by DANE one way and by MTA-STS the other, and no way round it.</summary>
[Collection(WorldCollection.Name)]
public sealed class VerifiedTransportTests(MailWorld world)
{
    [Fact]
    public async Task Dane_verifies_the_way_to_b_and_all_checks_of_the_message_pass()
    {
        var subject = MailWorld.Subject("by DANE");
        var sent = await world.A.SendAsync(MailWorld.Ann, MailWorld.Bob, subject, "Bonjour.");
        var message = await world.B.WaitMessageAsync(MailWorld.Bob, subject);
        var results = Results(message);
        Assert.Contains("spf=pass smtp.mailfrom=a.test", results, StringComparison.Ordinal);
        Assert.Contains("dkim=pass header.d=a.test", results, StringComparison.Ordinal);
        Assert.Contains("dmarc=pass", results, StringComparison.Ordinal);
        Assert.DoesNotContain("dkim=fail", results, StringComparison.Ordinal);
        await world.A.WaitAttemptAsync(sent, "b.test", "1 delivered");
        var row = Assert.Single(await world.A.TraceAsync(sent, "Sent"));
        Assert.EndsWith(" DANE", row.GetProperty("detail").GetProperty("security").GetString(), StringComparison.Ordinal);
        var entry = await world.A.AskAsync("queue", "show", $"{row.GetProperty("queueId").GetInt64()}");
        Assert.EndsWith(" DANE", entry.GetProperty("attempts")[0].GetProperty("security").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mta_sts_verifies_the_way_to_a()
    {
        var subject = MailWorld.Subject("by MTA-STS");
        var sent = await world.B.SendAsync(MailWorld.Bob, MailWorld.Ann, subject, "Hello.");
        var results = Results(await world.A.WaitMessageAsync(MailWorld.Ann, subject));
        Assert.Contains("spf=pass smtp.mailfrom=b.test", results, StringComparison.Ordinal);
        Assert.Contains("dkim=pass header.d=b.test", results, StringComparison.Ordinal);
        Assert.Contains("dmarc=pass", results, StringComparison.Ordinal);
        await world.B.WaitAttemptAsync(sent, "a.test", "1 delivered");
        var row = Assert.Single(await world.B.TraceAsync(sent, "Sent"));
        Assert.EndsWith(" verified", row.GetProperty("detail").GetProperty("security").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mail_waits_while_no_TLSA_record_fits_and_goes_once_one_does()
    {
        var subject = MailWorld.Subject("false TLSA");
        var sent = await world.A.SendAsync(MailWorld.Ann, MailWorld.Dora, subject, "Only to you.");
        await world.A.WaitAttemptAsync(sent, "false.test", "0 delivered, 1 wait");
        var attempt = Assert.Single(await world.A.TraceAsync(sent, "Attempt"));
        Assert.Contains("TLSA", attempt.GetProperty("detail").GetProperty("answer").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, await world.B.CountAsync(MailWorld.Dora, subject));
        await world.Dns.ChangeAsync(world.FalseZone(isTrue: true));
        await RetryAsync(world.A, attempt);
        await world.B.WaitMessageAsync(MailWorld.Dora, subject);
        await world.A.WaitAttemptAsync(sent, "false.test", "1 delivered");
        var row = Assert.Single(await world.A.TraceAsync(sent, "Sent"));
        Assert.EndsWith(" DANE", row.GetProperty("detail").GetProperty("security").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mail_waits_while_the_certificate_is_for_another_name_under_enforce()
    {
        var subject = MailWorld.Subject("false certificate");
        await ReloadAsync("mail.elsewhere.test");
        var sent = await world.B.SendAsync(MailWorld.Bob, MailWorld.Omar, subject, "Only to you.");
        await world.B.WaitAttemptAsync(sent, "other.test", "0 delivered, 1 wait");
        var attempt = Assert.Single(await world.B.TraceAsync(sent, "Attempt"));
        Assert.Contains("the certificate is not for mail.a.test", attempt.GetProperty("detail").GetProperty("answer").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, await world.A.CountAsync(MailWorld.Omar, subject));
        await ReloadAsync("mail.a.test");
        await RetryAsync(world.B, attempt);
        await world.A.WaitMessageAsync(MailWorld.Omar, subject);
        await world.B.WaitAttemptAsync(sent, "other.test", "1 delivered");
        var row = Assert.Single(await world.B.TraceAsync(sent, "Sent"));
        Assert.EndsWith(" verified", row.GetProperty("detail").GetProperty("security").GetString(), StringComparison.Ordinal);
    }

    private async Task ReloadAsync(string name)
    {
        world.Reissue("a", name);
        var again = world.A.Process.WaitLogAgainAsync("The configuration was read again");
        world.A.Process.Signal(PosixSignalNumber.Hangup);
        await again;
    }

    private static async Task RetryAsync(WorldServer server, System.Text.Json.JsonElement attempt)
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
