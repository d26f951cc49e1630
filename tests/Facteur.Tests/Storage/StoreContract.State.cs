using System.Text;
using Facteur.Storage;

namespace Facteur.Tests.Storage;

public abstract partial class StoreContract
{
    private static readonly byte[] OldJson = Encoding.UTF8.GetBytes("{\"a\":1}");
    private static readonly byte[] NewJson = Encoding.UTF8.GetBytes("{\"a\":2}");

    [Fact]
    public async Task Counters_add_up_also_when_many_add_at_once()
    {
        var state = Store.State;
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(async () =>
            await state.AddAsync("words", [new("a", 1, 2), new($"b{i % 4}", 10, 0)], default))));
        Assert.Equal((40, 80), ((await state.GetAsync("words", "a", default))!.First, (await state.GetAsync("words", "a", default))!.Second));
        var many = await state.GetManyAsync("words", ["a", "b0", "b3", "none"], default);
        Assert.Equal(["a", "b0", "b3"], many.Keys.Order());
        Assert.Equal(100, many["b3"].First);
        await RestartAsync();
        Assert.Equal(40, (await Store.State.GetAsync("words", "a", default))!.First);
        Assert.Null(await Store.State.GetAsync("other", "a", default));
    }

    [Fact]
    public async Task Nobody_sees_what_has_expired()
    {
        var state = Store.State;
        var soon = Time.GetUtcNow() + TimeSpan.FromMinutes(5);
        await state.SetAsync("grey", [new("k", 3, 4, [1, 2], soon), new("forever", 1)], default);
        var entry = (await state.GetAsync("grey", "k", default))!;
        Assert.Equal([1, 2], entry.Value!);
        Assert.Equal(soon, entry.Expires);
        await state.AddAsync("grey", [new("k", 1, 0)], default);
        Assert.Equal((4, 4, 2), ((await state.GetAsync("grey", "k", default))!.First, (await state.GetAsync("grey", "k", default))!.Second, (await state.GetAsync("grey", "k", default))!.Value!.Length));
        await state.SetAsync("brief", [new("k", 1, 0, null, soon)], default);
        Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Null(await state.GetAsync("grey", "k", default));
        Assert.Equal(["forever"], (await state.ListAsync("grey", "", null, 10, default)).Select(one => one.Key));
        Assert.Equal(["forever"], (await state.GetManyAsync("grey", ["k", "forever"], default)).Keys);
        Assert.Equal(["grey"], await state.SpacesAsync("", default));
        Assert.False(await state.RemoveAsync("brief", "k", default));
        await state.AddAsync("grey", [new("k", 1, 0)], default);
        Assert.Equal(new StateEntry("k", 1, 0), await state.GetAsync("grey", "k", default));
        await state.SetAsync("brief", [new("a", 1, 0, null, soon), new("b", 1, 0, null, soon + TimeSpan.FromHours(1))], default);
        Assert.Equal(1, await state.PurgeAsync(Time.GetUtcNow(), 10, default));
        Assert.Equal(0, await state.PurgeAsync(Time.GetUtcNow(), 10, default));
        Assert.NotNull(await state.GetAsync("brief", "b", default));
    }

    [Fact]
    public async Task State_is_listed_in_pages_and_removed_by_key_and_by_space()
    {
        var state = Store.State;
        await state.SetAsync("day/1", [.. Enumerable.Range(0, 25).Select(i => new StateEntry($"x{i:D2}", i)), new("", 1), new("y", 2)], default);
        await state.SetAsync("day/2", [new("é", 1)], default);
        await state.SetAsync("week", [new("a", 1)], default);
        Assert.Equal(["day/1", "day/2"], await state.SpacesAsync("day/", default));
        var listed = new List<string>();
        for (string? after = null; ;)
        {
            var page = await state.ListAsync("day/1", "x", after, 10, default);
            listed.AddRange(page.Select(one => one.Key));
            if (page.Count == 0) break;
            after = page[^1].Key;
        }
        Assert.Equal(Enumerable.Range(0, 25).Select(i => $"x{i:D2}"), listed);
        Assert.Equal(["", "x00"], (await state.ListAsync("day/1", "", null, 2, default)).Select(one => one.Key));
        Assert.Empty(await state.ListAsync("day/1", "x", "y", 10, default));
        Assert.True(await state.RemoveAsync("day/1", "x03", default));
        Assert.False(await state.RemoveAsync("day/1", "x03", default));
        await state.RemoveSpaceAsync("day/1", default);
        Assert.Equal(["day/2", "week"], await state.SpacesAsync("", default));
        await Assert.ThrowsAsync<ArgumentException>(async () => await state.SetAsync("s", [new(new string('k', 513))], default));
        await Assert.ThrowsAsync<ArgumentException>(async () => await state.AddAsync("s", [new("k", 1, 0, new byte[StateStore.MaxValueOctets + 1])], default));
    }

    [Fact]
    public async Task Settings_are_seen_at_once_and_go_with_their_owner()
    {
        var settings = Store.Settings;
        var account = await AddAccountAsync();
        var told = new List<(SettingScope, string)>();
        var first = new TaskCompletionSource();
        settings.Changed += (scope, name) =>
        {
            lock (told) told.Add((scope, name));
            first.TrySetResult();
        };
        var mine = SettingScope.Of(account.Id);
        Assert.Null(await settings.GetAsync(mine, "forward", default));
        await settings.SetAsync(mine, "forward", OldJson, default);
        Assert.Equal(OldJson, (await settings.GetAsync(mine, "forward", default))!.Value.ToArray());
        await settings.SetAsync(mine, "forward", NewJson, default);
        Assert.Equal(NewJson, (await settings.GetAsync(mine, "forward", default))!.Value.ToArray());
        await settings.SetAsync(SettingScope.Site, "forward", OldJson, default);
        await settings.SetAsync(SettingScope.Of(account.Domain), "dkim", OldJson, default);
        Assert.Equal([mine, SettingScope.Site], (await settings.ListAsync("forward", default)).Select(one => one.Scope));
        await Assert.ThrowsAsync<ArgumentException>(async () => await settings.SetAsync(mine, "big", new byte[SettingsStore.MaxOctets + 1], default));
        await RestartAsync();
        Assert.Equal(NewJson, (await Store.Settings.GetAsync(mine, "forward", default))!.Value.ToArray());
        await Store.Directory.RemoveAccountAsync(account.Id, default);
        Assert.Null(await Store.Settings.GetAsync(mine, "forward", default));
        Assert.Single(await Store.Settings.ListAsync("forward", default));
        await Store.Directory.RemoveDomainAsync(account.Domain, default);
        Assert.Empty(await Store.Settings.ListAsync("dkim", default));
        await Store.Settings.SetAsync(SettingScope.Site, "forward", null, default);
        Assert.Null(await Store.Settings.GetAsync(SettingScope.Site, "forward", default));
        await first.Task.WaitAsync(TimeSpan.FromSeconds(10));
        lock (told) Assert.Equal((mine, "forward"), told[0]);
    }
}
