using Facteur.Storage.Queue;

namespace Facteur.Tests.Delivery.Sieve;

/// <summary>redirect: as forwards do, without loops.</summary>
public sealed class ScriptRedirectTests
{
    [Fact]
    public async Task A_message_is_sent_on_with_a_sender_of_ours_and_its_way_marked()
    {
        await using var fixture = await ScriptFixture.CreateAsync("redirect \"far@elsewhere.test\";");
        await fixture.SendAsync();
        var item = Assert.Single(await fixture.QueueAsync());
        Assert.Equal(("far@elsewhere.test", "forward"), (item.Recipient.Address, item.Message.Kind));
        Assert.Matches("^SRS0=.+=example.org=claire@demo.test$", item.Message.Sender);
        Assert.StartsWith("Delivered-To: moi@demo.test\r\n", await fixture.SentAsync(item.Message), StringComparison.Ordinal);
        Assert.Empty(await fixture.InAsync("INBOX"));
        Assert.Contains("Sent on to far@elsewhere.test by the filter script “main” of moi@demo.test, line 1", await fixture.TraceAsync());
    }

    [Fact]
    public async Task A_copy_stays_and_the_empty_sender_stays_empty()
    {
        await using var fixture = await ScriptFixture.CreateAsync("require \"copy\"; redirect :copy \"far@elsewhere.test\"; redirect :copy \"FAR@elsewhere.test\";");
        await fixture.SendAsync(from: "");
        Assert.Equal(["bonjour"], await fixture.InAsync("INBOX"));
        Assert.Equal("", (await fixture.QueueAsync())[0].Message.Sender);
    }

    [Fact]
    public async Task What_came_this_way_before_is_kept()
    {
        await using var fixture = await ScriptFixture.CreateAsync("redirect \"far@elsewhere.test\";");
        await fixture.SendAsync("Delivered-To: moi@demo.test\n" + ScriptFixture.Letter);
        Assert.Empty(await fixture.QueueAsync());
        Assert.Equal(["bonjour"], await fixture.InAsync("INBOX"));
        Assert.Contains("Not sent on to far@elsewhere.test, as the filter script “main” of moi@demo.test, line 1, wanted: the message went this way before", await fixture.TraceAsync());
    }

    [Fact]
    public async Task Accounts_here_get_it_at_once_and_through_their_scripts()
    {
        await using var fixture = await ScriptFixture.CreateAsync("redirect \"ami@demo.test\";");
        await fixture.ActivateAsync("require [\"fileinto\", \"mailbox\", \"envelope\"]; if envelope \"to\" \"ami@demo.test\" { fileinto :create \"De moi\"; }", "ami@demo.test");
        await fixture.SendAsync();
        Assert.Equal(["bonjour"], await fixture.InAsync("De moi", "ami@demo.test"));
        Assert.Empty(await fixture.InAsync("INBOX"));
        Assert.Empty(await fixture.QueueAsync());
    }

    [Fact]
    public async Task Accounts_that_redirect_to_each_other_keep_one_copy()
    {
        await using var fixture = await ScriptFixture.CreateAsync("redirect \"ami@demo.test\";");
        await fixture.ActivateAsync("redirect \"moi@demo.test\";", "ami@demo.test");
        await fixture.SendAsync();
        Assert.Empty(await fixture.InAsync("INBOX"));
        Assert.Equal(["bonjour"], await fixture.InAsync("INBOX", "ami@demo.test"));
        Assert.Contains("Not sent on to moi@demo.test, as the filter script “main” of ami@demo.test, line 1, wanted: it leads back here", await fixture.TraceAsync("ami@demo.test"));
        await fixture.ActivateAsync("redirect \"alias@demo.test\";"); // another address of its own
        await fixture.SendAsync();
        Assert.Equal(["bonjour"], await fixture.InAsync("INBOX"));
    }

    [Fact]
    public async Task An_address_of_ours_that_is_nobodys_loses_nothing()
    {
        await using var fixture = await ScriptFixture.CreateAsync("redirect \"nobody@demo.test\";");
        await fixture.SendAsync();
        Assert.Equal(["bonjour"], await fixture.InAsync("INBOX"));
    }

    [Fact]
    public async Task A_changed_message_is_sent_on_as_it_was_changed()
    {
        await using var fixture = await ScriptFixture.CreateAsync("require [\"editheader\", \"copy\"]; addheader \"X-Note\" \"lu\"; redirect \"far@elsewhere.test\"; redirect \"ami@demo.test\";");
        await fixture.SendAsync();
        var item = Assert.Single(await fixture.QueueAsync());
        var sent = await fixture.SentAsync(item.Message);
        Assert.StartsWith("Delivered-To: moi@demo.test\r\nX-Note: lu\r\n", sent, StringComparison.Ordinal);
        Assert.Contains("X-Note: lu", Assert.Single(await fixture.ReadAsync("INBOX", "ami@demo.test")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_than_ten_addresses_are_an_error_and_the_message_is_kept()
    {
        await using var fixture = await ScriptFixture.CreateAsync(string.Concat(Enumerable.Range(0, 11).Select(i => $"redirect \"a{i}@elsewhere.test\";")));
        await fixture.SendAsync();
        Assert.DoesNotContain(await fixture.QueueAsync(), item => item.Message.Kind == "forward");
        Assert.Contains("bonjour", await fixture.InAsync("INBOX"));
    }
}
