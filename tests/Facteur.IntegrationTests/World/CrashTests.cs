namespace Facteur.IntegrationTests.World;

/// <summary>A server that dies with mail in its queue.</summary>
public sealed class CrashTests(MailWorld world) : WorldTests(world)
{
    [Fact]
    public async Task Mail_that_waits_outlives_kill_9_and_arrives_once()
    {
        var subject = MailWorld.Subject("after the crash");
        Assert.Equal(0, await World.B.Process.StopAsync());
        var sent = await World.A.SendAsync(MailWorld.Ann, MailWorld.Bob, subject, "Patience.");
        await World.A.WaitAttemptAsync(sent, "b.test", "0 delivered, 1 wait");
        await World.A.Process.KillAsync();
        await World.StartAsync(World.A);

        var list = await World.A.AskAsync("queue", "list", "--to", MailWorld.Bob);
        var item = Assert.Single(list.GetProperty("items").EnumerateArray());
        Assert.Equal("Waiting", item.GetProperty("state").GetString());
        // A session that was kept open hears the goodbye; a new one finds nobody.
        Assert.Matches("(?i)refused|421", item.GetProperty("lastAnswer").GetString());
        Assert.Equal(subject, item.GetProperty("subject").GetString());

        await World.StartAsync(World.B);
        await World.A.AskAsync("queue", "retry", $"{item.GetProperty("id").GetInt64()}");
        await World.B.WaitMessageAsync(MailWorld.Bob, subject);
        await World.A.WaitAttemptAsync(sent, "b.test", "1 delivered");
        Assert.Equal(1, await World.B.CountAsync(MailWorld.Bob, subject));
        Assert.Single(await World.A.TraceAsync(sent, "Sent"));
        Assert.Empty((await World.A.AskAsync("queue", "list", "--to", MailWorld.Bob)).GetProperty("items").EnumerateArray());
    }
}
