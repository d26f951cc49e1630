using Facteur.Delivery.Authentication.Dkim;
using Facteur.Delivery.Domains;
using Facteur.Storage;
using Facteur.Tests.Smtp;
using Facteur.Tests.Support;

namespace Facteur.Tests.Delivery.Domains;

public sealed class DkimKeyRingTests
{
    [Fact]
    public async Task New_keys_sign_once_dns_shows_them_and_old_ones_stay_published_for_a_while()
    {
        await using var fixture = await SmtpFixture.CreateAsync();
        var time = new FakeTime();
        using var ring = new DkimKeyRing(fixture.Store.Settings, fixture.Store.Directory, time);
        var domain = (await fixture.Store.Directory.FindDomainAsync("demo.test", default))!;
        Assert.Empty(await ring.SigningAsync("demo.test", default));
        await ring.EnsureAsync(domain, default);
        Assert.Equal(["2026a-rsa", "2026a-ed25519"], await SignersAsync(ring));

        Assert.Equal(DkimRotation.Created, await ring.RotateAsync(domain, NotYet, force: false, default));
        Assert.Equal(["2026a-rsa", "2026a-ed25519"], await SignersAsync(ring));
        Assert.Equal(4, (await ring.PublishedAsync(domain, default)).Count);
        Assert.Equal(DkimRotation.NotPublished, await ring.RotateAsync(domain, NotYet, force: false, default));

        Assert.Equal(DkimRotation.Activated, await ring.RotateAsync(domain, (_, _) => new(true), force: false, default));
        Assert.Equal(["2026b-rsa", "2026b-ed25519"], await SignersAsync(ring));
        Assert.Equal([true, true, false, false], (await ring.PublishedAsync(domain, default)).Select(key => key.IsRequired));
        time.Advance(DkimKeyRing.RetiredFor);
        Assert.Equal(2, (await ring.PublishedAsync(domain, default)).Count);
    }

    [Fact]
    public async Task Other_domains_are_not_signed_for()
    {
        await using var fixture = await SmtpFixture.CreateAsync();
        using var ring = new DkimKeyRing(fixture.Store.Settings, fixture.Store.Directory, new FakeTime());
        Assert.Empty(await ring.SigningAsync("example.org", default));
    }

    private static ValueTask<bool> NotYet(DkimKey key, CancellationToken cancel) => new(false);

    private static async Task<IEnumerable<string>> SignersAsync(DkimKeyRing ring) => (await ring.SigningAsync("demo.test", default)).Select(key => key.Selector);
}
