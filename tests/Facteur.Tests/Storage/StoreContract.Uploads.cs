using Facteur.Storage;
using Facteur.Storage.Emails;

namespace Facteur.Tests.Storage;

public abstract partial class StoreContract
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(8192)]
    [InlineData(8193)]
    [InlineData(700_001)]
    public async Task An_upload_is_there_as_it_came_also_after_a_restart(int octets)
    {
        var owner = await OwnerAsync();
        var content = new byte[octets];
        new Random(octets).NextBytes(content);
        var upload = await UploadAsync(owner, content, "image/png", step: 10_000);
        Assert.Equal((owner, "image/png", (long)octets, Time.GetUtcNow()), (upload.Owner, upload.Type, upload.Body.Size, upload.Created));
        Assert.Equal(content, await BodyAsync(upload.Body));
        await RestartAsync();
        Assert.Equal(upload, await Store.Uploads.FindAsync(owner, upload.Id, default));
        Assert.Equal(content, await BodyAsync(upload.Body, step: 997));
    }

    [Fact]
    public async Task An_upload_is_seen_by_who_sent_it_and_by_nobody_else()
    {
        var (ada, bob) = (await AddAccountAsync(), await AddAccountAsync("bob@demo.test"));
        var shared = await AddAccountAsync("info@demo.test");
        var upload = await UploadAsync(new UploadOwner(shared.Id, ada.Id), [1, 2, 3]);
        Assert.NotNull(await Store.Uploads.FindAsync(new UploadOwner(shared.Id, ada.Id), upload.Id, default));
        Assert.Null(await Store.Uploads.FindAsync(new UploadOwner(shared.Id, bob.Id), upload.Id, default));
        Assert.Null(await Store.Uploads.FindAsync(new UploadOwner(ada.Id, ada.Id), upload.Id, default));
        Assert.Null(await Store.Uploads.FindAsync(new UploadOwner(shared.Id, shared.Id), upload.Id, default));
    }

    [Fact]
    public async Task An_upload_that_is_not_ended_leaves_nothing()
    {
        var owner = await OwnerAsync();
        await using (var intake = Store.Uploads.Begin(owner, 1_000_000)) await intake.WriteAsync(new byte[500_000], default);
        Assert.Empty(await Store.CheckConsistencyAsync(default));
        Assert.Null(await Store.Uploads.FindAsync(owner, new UploadId(1), default));
    }

    [Fact]
    public async Task Uploads_go_after_their_time_and_their_octets_with_them()
    {
        var owner = await OwnerAsync();
        var old = await UploadAsync(owner, new byte[20_000]);
        Time.Advance(TimeSpan.FromHours(12));
        var young = await UploadAsync(owner, new byte[20_000]);
        await PurgeAsync();
        Assert.NotNull(await Store.Uploads.FindAsync(owner, old.Id, default));
        Time.Advance(TimeSpan.FromHours(11) + TimeSpan.FromMinutes(1));
        await PurgeAsync();
        Assert.Null(await Store.Uploads.FindAsync(owner, old.Id, default));
        Assert.Null(await Store.OpenBodyAsync(old.Body, default));
        Assert.Equal(20_000, (await BodyAsync(young.Body)).Length);
        Assert.Equal(0, await Store.Uploads.PurgeAsync(Time.GetUtcNow() - UploadStore.Lifetime, 10, default));
        Assert.Equal(1, await Store.Uploads.PurgeAsync(Time.GetUtcNow() + TimeSpan.FromSeconds(1), 10, default));
        Assert.Null(await Store.Uploads.FindAsync(owner, young.Id, default));
    }

    [Fact]
    public async Task Past_the_bound_the_oldest_uploads_make_room()
    {
        var owner = await OwnerAsync();
        var other = new UploadOwner((await AddAccountAsync("bob@demo.test")).Id, new AccountId(2));
        var others = await UploadAsync(other, [9]);
        var first = await UploadAsync(owner, [1]);
        var second = await UploadAsync(owner, [2]);
        var rest = await Task.WhenAll(Enumerable.Range(0, UploadStore.MaxPerUploader - 2).Select(i => UploadAsync(owner, [(byte)i])));
        Assert.NotNull(await Store.Uploads.FindAsync(owner, first.Id, default));
        await UploadAsync(owner, [3]);
        Assert.Null(await Store.Uploads.FindAsync(owner, first.Id, default));
        Assert.NotNull(await Store.Uploads.FindAsync(owner, second.Id, default));
        Assert.NotNull(await Store.Uploads.FindAsync(owner, rest[^1].Id, default));
        Assert.NotNull(await Store.Uploads.FindAsync(other, others.Id, default));
    }

    [Fact]
    public async Task An_upload_can_refer_to_octets_that_are_there_and_keeps_them()
    {
        var account = await AddAccountAsync();
        var owner = new UploadOwner(account.Id, account.Id);
        var inbox = await InboxAsync(account.Id);
        var message = Message(body: new string('x', 20_000));
        await AddAsync(inbox, message);
        BodyReference body;
        await using (var reader = Store.ReadEmails(inbox.Id, All, EmailFields.Entry))
        {
            Assert.True(await reader.ReadAsync(default));
            body = reader.Body;
        }
        var upload = (await Store.Uploads.ReferAsync(owner, body, "message/rfc822", default))!;
        var again = (await Store.Uploads.ReferAsync(owner, upload.Body, "message/rfc822", default))!;
        Assert.NotEqual(upload.Id, again.Id);
        Assert.Empty(await Store.CheckConsistencyAsync(default));
        await Store.ExpungeAsync(inbox.Id, All, onlyDeleted: false, default);
        Assert.Equal(1, await Store.Uploads.PurgeAsync(Time.GetUtcNow() + TimeSpan.FromSeconds(1), 1, default));
        Assert.Null(await Store.Uploads.FindAsync(owner, upload.Id, default));
        Assert.Equal(message, await BodyAsync(again.Body));
        Time.Advance(TimeSpan.FromDays(31));
        await PurgeAsync();
        Assert.Null(await Store.Uploads.ReferAsync(owner, body, "message/rfc822", default));
    }

    [Fact]
    public async Task Uploads_go_with_their_account_and_none_is_taken_for_one_that_is_gone()
    {
        var owner = await OwnerAsync();
        var upload = await UploadAsync(owner, new byte[30_000]);
        await Store.Directory.RemoveAccountAsync(owner.Account, default);
        await PurgeAsync();
        Assert.Null(await Store.OpenBodyAsync(upload.Body, default));
        Assert.Equal(StoreRefusal.NoSuchAccount, await RefusedAsync(async () => await UploadAsync(owner, new byte[30_000])));
    }

    [Fact]
    public async Task A_type_that_is_too_long_is_a_fault_of_the_caller()
    {
        var owner = await OwnerAsync();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await UploadAsync(owner, [1], new string('x', 256)));
    }

    private async Task<UploadOwner> OwnerAsync()
    {
        var account = await AddAccountAsync();
        return new UploadOwner(account.Id, account.Id);
    }

    private async Task<UploadRecord> UploadAsync(UploadOwner owner, byte[] content, string type = "application/octet-stream", int step = int.MaxValue)
    {
        await using var intake = Store.Uploads.Begin(owner, null);
        for (var at = 0; at < content.Length; at += Math.Min(step, content.Length - at))
            await intake.WriteAsync(content.AsMemory(at, Math.Min(step, content.Length - at)), default);
        Assert.Equal(content.Length, intake.Length);
        return await intake.CompleteAsync(type, default);
    }
}
