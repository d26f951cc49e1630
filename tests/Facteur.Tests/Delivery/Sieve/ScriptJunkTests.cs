using System.Text;
using Facteur.Storage;

namespace Facteur.Tests.Delivery.Sieve;

/// <summary>The filter's verdict and scripts.</summary>
public sealed class ScriptJunkTests
{
    private const string Sorted = "require [\"fileinto\", \"mailbox\"]; fileinto :create \"A\";";

    [Fact]
    public async Task What_the_filter_calls_junk_is_in_junk_whatever_a_script_files()
    {
        await using var fixture = await BlockingAsync(Sorted);
        await fixture.SendAsync();
        Assert.Equal(["bonjour"], await fixture.InAsync("Junk"));
        Assert.Empty(await fixture.InAsync("A"));
        Assert.Contains(await fixture.TraceAsync(), line => line.StartsWith("Put into Junk of moi@demo.test by the filter script “main”, line 1, because you block claire@example.org", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Junk_is_not_sent_on_nor_answered_nor_told_of()
    {
        await using var fixture = await BlockingAsync("require [\"vacation\", \"enotify\"]; vacation \"away\"; notify \"mailto:x@example.net\"; redirect \"far@elsewhere.test\";");
        await fixture.SendAsync();
        Assert.Empty(await fixture.QueueAsync());
        Assert.Equal(["bonjour"], await fixture.InAsync("Junk"));
    }

    [Fact]
    public async Task A_script_that_looks_at_the_score_decides_by_itself()
    {
        await using var fixture = await BlockingAsync("require [\"spamtestplus\", \"relational\", \"comparator-i;ascii-numeric\", \"fileinto\", \"mailbox\"]; if spamtest :percent :value \"ge\" :comparator \"i;ascii-numeric\" \"50\" { fileinto :create \"Suspect\"; }");
        await fixture.SendAsync();
        Assert.Equal(["bonjour"], await fixture.InAsync("Suspect"));
        await fixture.ActivateAsync("require [\"spamtest\"]; if spamtest \"1\" { discard; }"); // says nothing of this one
        await fixture.SendAsync();
        Assert.Equal(["bonjour"], await fixture.InAsync("Junk"));
        await fixture.ActivateAsync("require [\"spamtest\"]; keep;"); // wants it
        await fixture.SendAsync();
        Assert.Equal(["bonjour"], await fixture.InAsync("INBOX"));
    }

    [Fact]
    public async Task Junk_may_be_thrown_away_and_refused()
    {
        await using var fixture = await BlockingAsync("require \"ereject\"; if header \"subject\" \"non\" { ereject \"non\"; } else { discard; }");
        await fixture.SendAsync();
        await fixture.SendAsync(ScriptFixture.Letter.Replace("bonjour", "non", StringComparison.Ordinal), answer: "S: 550 5.7.1 non");
        await fixture.SendAsync(ScriptFixture.Letter.Replace("bonjour", "non", StringComparison.Ordinal), to: "moi@demo.test,ami@demo.test");
        Assert.Empty(await fixture.InAsync("Junk"));
        Assert.Empty(await fixture.QueueAsync()); // spam is not reported to whose name it bears
    }

    private static async Task<ScriptFixture> BlockingAsync(string script)
    {
        var fixture = await ScriptFixture.CreateAsync(script);
        await fixture.Store.Settings.SetAsync(SettingScope.Of((await fixture.AccountAsync()).Id), "filter", Encoding.UTF8.GetBytes("""{"blocked": ["@example.org"]}"""), default);
        return fixture;
    }
}
