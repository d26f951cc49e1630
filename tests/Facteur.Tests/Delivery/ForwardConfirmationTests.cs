using System.Text.RegularExpressions;
using Facteur.Accounts;
using Facteur.Smtp;
using Facteur.Storage;
using Facteur.Storage.Queue;
using Facteur.Tests.Smtp;
using Facteur.Tests.Support;

namespace Facteur.Tests.Delivery;

/// <summary>The message with a code to an address that mail is to be sent on to.</summary>
public sealed partial class ForwardConfirmationTests : IAsyncLifetime
{
    private SmtpFixture fixture = null!;
    private AccountService accounts = null!;

    public async ValueTask InitializeAsync()
    {
        fixture = await SmtpFixture.CreateAsync();
        accounts = new AccountService(fixture.Store, new LoginOptions { HashIterations = 10 }, new FakeTime());
    }

    public ValueTask DisposeAsync() => fixture.DisposeAsync();

    private ValueTask<string?> AskAsync(string target, bool use = true) => fixture.Handoff.Services.Confirmations.AskAsync(accounts, "moi@demo.test", target, use, default);

    private async Task<(QueueListItem Item, string Content)> SentAsync()
    {
        var item = Assert.Single(await fixture.Store.Queue.ListAsync(new QueueFilter(), null, 10, default));
        return (item, System.Text.Encoding.UTF8.GetString(await fixture.Store.ReadBodyAsync(item.Message.Content)));
    }

    [Theory]
    [InlineData("en", "wants all mail that arrives there")]
    [InlineData("fr", "tout le courrier qui lui arrive")]
    public async Task The_owner_of_the_address_has_the_code_in_the_language_of_the_account(string locale, string words)
    {
        await accounts.SetAccountLocaleAsync("moi@demo.test", locale, default);
        var code = await AskAsync("Far@Example.org");
        var (item, content) = await SentAsync();
        Assert.Equal(("far@example.org", "moi@demo.test", "code"), (item.Recipient.Address.ToLowerInvariant(), item.Message.Sender, item.Message.Kind));
        Assert.Contains("Auto-Submitted: auto-generated", content, StringComparison.Ordinal);
        Assert.Contains(words, content, StringComparison.Ordinal);
        Assert.Equal(code, Code().Match(content).Groups[1].Value);
        Assert.False(await accounts.ConfirmForwardAsync("moi@demo.test", item.Recipient.Address, "zzzzzzzzzz", default));
        Assert.True(await accounts.ConfirmForwardAsync("moi@demo.test", item.Recipient.Address, code!, default));
    }

    [Fact]
    public async Task An_address_of_this_server_needs_none_and_an_own_one_is_refused()
    {
        Assert.Null(await AskAsync("ami@demo.test", use: false));
        Assert.Empty(await fixture.Store.Queue.ListAsync(new QueueFilter(), null, 10, default));
        foreach (var own in (string[])["moi@demo.test", "moi+x@demo.test", "alias@demo.test"]) await Assert.ThrowsAsync<AccountRuleException>(async () => await AskAsync(own));
    }

    [Fact]
    public async Task Mail_goes_to_it_only_once_it_is_confirmed()
    {
        var code = await AskAsync("far@example.org");
        const string Message = "S: 220 *\nC: HELO relay.example.net\nS: 250 *\nC: MAIL FROM:<claire@example.net>\nS: 250 *\nC: RCPT TO:<moi@demo.test>\nS: 250 *\nC: DATA\nS: 354 *\nC: From: claire@example.net\nC: Subject: bonjour\nC:\nC: une ligne\nC: .\nS: 250 *\n";
        await fixture.RunAsync(SmtpMode.Mx, Message);
        Assert.Single(await fixture.Store.Queue.ListAsync(new QueueFilter(), null, 10, default));
        await accounts.ConfirmForwardAsync("moi@demo.test", "far@example.org", code!, default);
        await fixture.RunAsync(SmtpMode.Mx, Message);
        Assert.Equal("forward", (await fixture.Store.Queue.ListAsync(new QueueFilter(), null, 10, default)).Single(item => item.Message.Kind != "code").Message.Kind);
    }

    [GeneratedRegex(@"^    (\S{10})\r?$", RegexOptions.Multiline)]
    private static partial Regex Code();
}
