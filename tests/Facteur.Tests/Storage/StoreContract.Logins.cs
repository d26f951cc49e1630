using Facteur.Storage;

namespace Facteur.Tests.Storage;

public abstract partial class StoreContract
{
    private LoginHistoryRow Login(AccountId account, string result = "ok", int count = 1) => new(
        0, account, Time.GetUtcNow(), Time.GetUtcNow(), count, "imap", "192.0.2.1", "Thunderbird", "password", result);

    [Fact]
    public async Task Logins_are_listed_from_the_latest_on_in_pages()
    {
        var (ada, bob) = (await AddAccountAsync("ada@demo.test"), await AddAccountAsync("bob@demo.test"));
        var start = Time.GetUtcNow();
        var rows = new List<LoginHistoryRow>();
        for (var i = 0; i < 7; i++)
        {
            rows.AddRange(await Store.Logins.WriteAsync([Login(ada.Id, $"FCT-{i}"), Login(bob.Id)], default));
            Time.Advance(TimeSpan.FromMinutes(1));
        }
        Assert.Equal(rows.Select(row => row.Id).Order(), rows.Select(row => row.Id));
        var page = await Store.Logins.ListAsync(ada.Id, start, null, 3, default);
        Assert.Equal(["FCT-6", "FCT-5", "FCT-4"], page.Select(row => row.Result));
        Assert.Equal(rows[^2], page[0]);
        Assert.Equal(["FCT-3", "FCT-2"], (await Store.Logins.ListAsync(ada.Id, start + TimeSpan.FromMinutes(2), page[^1].Id, 9, default)).Select(row => row.Result));
        Assert.Equal(14, (await Store.Logins.ListAsync(null, start, null, 99, default)).Count);
        Assert.Empty(await Store.Logins.ListAsync(null, Time.GetUtcNow(), null, 99, default));
        await RestartAsync();
        Assert.Equal(rows[^2..].AsEnumerable().Reverse(), await Store.Logins.ListAsync(null, start, null, 2, default));
    }

    [Fact]
    public async Task A_row_of_logins_grows_and_goes_by_its_last()
    {
        var ada = await AddAccountAsync();
        var start = Time.GetUtcNow();
        var both = await Store.Logins.WriteAsync([Login(ada.Id), Login(ada.Id, "FCT-1")], default);
        Time.Advance(TimeSpan.FromHours(2));
        var grown = both[0] with { Last = Time.GetUtcNow(), Count = 40, Program = "Thunderbird 140" };
        Assert.Equal([grown], await Store.Logins.WriteAsync([grown], default));
        Assert.Equal([grown], await Store.Logins.ListAsync(ada.Id, start + TimeSpan.FromHours(1), null, 9, default));
        Assert.Equal(1, await Store.Logins.PurgeAsync(start + TimeSpan.FromHours(1), 9, default));
        Assert.Equal([grown], await Store.Logins.ListAsync(ada.Id, start, null, 9, default));
        await Store.Directory.RemoveAccountAsync(ada.Id, default);
        await PurgeAsync();
        Assert.Empty(await Store.Logins.ListAsync(null, start, null, 9, default));
    }

    [Fact]
    public async Task Logins_noted_while_the_clock_was_wrong_hide_none_before_them()
    {
        var ada = await AddAccountAsync();
        var real = await Store.Logins.WriteAsync([Login(ada.Id)], default);
        await Store.Logins.WriteAsync([.. Enumerable.Range(0, 20).Select(i => Login(ada.Id) with { First = DateTimeOffset.UnixEpoch, Last = DateTimeOffset.UnixEpoch })], default);
        Assert.Equal(real, await Store.Logins.ListAsync(ada.Id, real[0].First, null, 9, default));
    }
}
