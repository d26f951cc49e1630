using Facteur.Delivery.Recipients;
using Facteur.Mail;

namespace Facteur.Tests.Delivery.Recipients;

public sealed class SenderRewritingTests : IClassFixture<SenderRewritingTests.Site>
{
    private readonly RouterFixture site;

    public SenderRewritingTests(Site shared) => site = shared.Fixture;

    /// <summary>One site for all of these: none changes what another asks.</summary>
    public sealed class Site : IAsyncLifetime
    {
        internal RouterFixture Fixture { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Fixture = await RouterFixture.CreateAsync();

        public ValueTask DisposeAsync() => Fixture.DisposeAsync();
    }

    [Theory]
    [InlineData("marie@example.net")]
    [InlineData("Marie.Curie+x@Example.NET")]
    [InlineData("\"marie curie\"@example.net")]
    [InlineData("noël@exämple.net")]
    [InlineData("a-local-part-that-is-nearly-as-long-as-it-may-be-0123456789@a-long-domain-name.example.net")]
    [InlineData("SRS0=abcd=TT=origin.example=marie@forwarder.example")]
    [InlineData("SRS0+abcd=TT=origin.example=marie@forwarder.example")]
    [InlineData("SRS1=abcd=first.example==HHHH=TT=origin.example=marie@second.example")]
    public async Task What_is_rewritten_comes_back(string sender)
    {
        Assert.True(MailAddress.TryParse(sender, out var address));
        var rewritten = await site.Rewriting.RewriteAsync(address, "exemple.fr", default);
        Assert.True(MailAddress.TryParse(rewritten, out var ours));
        Assert.Equal("exemple.fr", ours.Domain);
        var back = await site.Rewriting.ReverseAsync(ours.LocalPart, default);
        var expected = sender.StartsWith("SRS1", StringComparison.Ordinal) ? "SRS0=HHHH=TT=origin.example=marie@first.example" : sender;
        Assert.Equal(expected.Split('@')[0], back!.ToString().Split('@')[0]);
        Assert.Equal(Facteur.Accounts.DomainName.Normalize(expected.Split('@')[1]), back.Domain);
    }

    [Fact]
    public async Task A_second_forwarder_keeps_the_first_and_its_hash()
    {
        Assert.True(MailAddress.TryParse("SRS0=abcd=TT=origin.example=marie@forwarder.example", out var address));
        Assert.Matches("^SRS1=[A-Z2-7]{6}=forwarder.example==abcd=TT=origin.example=marie@exemple.fr$", await site.Rewriting.RewriteAsync(address, "exemple.fr", default));
    }

    [Theory]
    [InlineData("SRS0=AAAAAA=AA=example.net=marie")]
    [InlineData("SRS0==AA=example.net=marie")]
    [InlineData("SRS0=AAAAAA")]
    [InlineData("SRS0=====")]
    [InlineData("SRS1=AAAAAA=first.example==AAAA=AA=example.net=marie")]
    [InlineData("SRS1==")]
    [InlineData("SRS2=AAAAAA=AA=example.net=marie")]
    [InlineData("SRS")]
    [InlineData("marie")]
    public async Task What_we_did_not_write_is_nobody(string local)
    {
        Assert.Null(await site.Rewriting.ReverseAsync(local, default));
    }

    [Fact]
    public async Task The_key_is_made_once_and_kept()
    {
        var key = await site.Secrets.GetAsync("srs", default);
        Assert.Equal(key, await new SiteSecrets(site.Store.Settings).GetAsync("srs", default));
        Assert.NotEqual(key, await site.Secrets.GetAsync("bounces", default));
    }
}
