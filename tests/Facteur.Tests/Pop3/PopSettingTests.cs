using Facteur.Accounts;

namespace Facteur.Tests.Pop3;

/// <summary>The setting "pop" as administration changes it.</summary>
public sealed class PopSettingTests
{
    [Fact]
    public async Task From_now_on_takes_its_mark_when_it_is_chosen_and_keeps_it()
    {
        await using var server = await Pop3Server.StartAsync();
        var administration = server.Administration;
        var chosen = await administration.SetPopAsync("moi@demo.test", new PopChange(PopScope.FromNow), server.Store, default);
        Assert.Empty(await server.UidlAsync());
        var email = await server.DeliverAsync("Subject: Trois\r\n\r\nx\r\n");
        Assert.True(email.Value > chosen.AfterEmail);
        Assert.Single(await server.UidlAsync());
        var again = await administration.SetPopAsync("moi@demo.test", new PopChange(PopScope.FromNow, PopAfterDownload.Archive), server.Store, default);
        Assert.Equal((chosen.AfterEmail, chosen.Since, PopAfterDownload.Archive), (again.AfterEmail, again.Since, again.AfterDownload));
        await administration.SetPopAsync("moi@demo.test", new PopChange(PopScope.All), server.Store, default);
        Assert.Equal(3, (await server.UidlAsync()).Count);
        await administration.SetPopAsync("moi@demo.test", new PopChange(PopScope.FromNow), server.Store, default);
        Assert.Empty(await server.UidlAsync());
        Assert.Equal(PopAfterDownload.Archive, (await administration.GetPopAsync("moi@demo.test", default)).AfterDownload);
    }

    [Fact]
    public async Task What_cannot_be_is_refused()
    {
        await using var server = await Pop3Server.StartAsync(empty: true);
        async Task Refused(PopChange change) => await Assert.ThrowsAsync<AccountRuleException>(async () => await server.Administration.SetPopAsync("moi@demo.test", change, server.Store, default));
        await Refused(new PopChange(Folders: ["Nowhere"]));
        await Refused(new PopChange(DeleteAfterDays: 4000));
        await Refused(new PopChange(LoginDelay: -1));
        var setting = await server.Administration.SetPopAsync("moi@demo.test", new PopChange(Folders: ["inbox", "Archive", "Archive"], DeleteAfterDays: 7), server.Store, default);
        Assert.Equal(["Archive"], setting.Folders!);
        setting = await server.Administration.SetPopAsync("moi@demo.test", new PopChange(Folders: [], DeleteAfterDays: -1), server.Store, default);
        Assert.Equal((null, null), (setting.Folders, setting.DeleteAfterDays));
    }
}
