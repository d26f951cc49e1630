using System.Net;
using System.Text;
using Facteur.Accounts;
using Facteur.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Facteur.Tests.Accounts;

public sealed class LoginHistoryTests
{
    private static async Task<IReadOnlyList<LoginHistoryRow>> RowsAsync(AccountsFixture server, AccountRecord? of = null) =>
        await server.Logins.History.ListAsync((of ?? server.Moi).Id, DateTimeOffset.UnixEpoch, 1000, default);

    private static LoginClient From(string remote, string program = "", MailProtocol protocol = MailProtocol.Imap) => new(protocol, IPAddress.Parse(remote)) { Program = program };

    private static async Task<Account> LogInAsync(AccountsFixture server, LoginClient client) => (await server.LoginAsync("moi@demo.test", AccountsFixture.MoiPassword, client)).Account!;

    [Fact]
    public async Task Equal_logins_within_an_hour_are_one_row()
    {
        await using var server = await AccountsFixture.CreateAsync();
        for (var i = 0; i < 5; i++)
        {
            await LogInAsync(server, From("192.0.2.1", "getmail/6"));
            server.Clock.Advance(TimeSpan.FromMinutes(10));
        }
        var row = Assert.Single(await RowsAsync(server));
        Assert.Equal((5, "imap", "192.0.2.1", "getmail/6", "password", "ok", TimeSpan.FromMinutes(40)), (row.Count, row.Protocol, row.Remote, row.Program, row.Credential, row.Result, row.Last - row.First));
        server.Clock.Advance(TimeSpan.FromMinutes(10));
        await LogInAsync(server, From("192.0.2.1", "getmail/6"));
        await LogInAsync(server, From("192.0.2.1", "getmail/6", MailProtocol.Pop3));
        Assert.Equal([1, 1, 5], (await RowsAsync(server)).Select(one => one.Count));
    }

    [Fact]
    public async Task A_program_that_says_its_name_after_the_login_has_a_row_of_that_name()
    {
        await using var server = await AccountsFixture.CreateAsync();
        for (var i = 0; i < 3; i++)
        {
            server.Logins.NoteProgram(await LogInAsync(server, From("192.0.2.1")), "Thunderbird\r\n128");
            if (i == 1) await server.Logins.FlushAsync(default); // also when the row is written already
        }
        await LogInAsync(server, From("192.0.2.1"));
        Assert.Equal([("Thunderbird??128", 3), ("", 1)], (await RowsAsync(server)).Select(one => (one.Program, one.Count)).OrderByDescending(one => one.Count));
    }

    [Fact]
    public async Task Refusals_are_there_with_their_code_and_made_up_names_are_not()
    {
        await using var server = await AccountsFixture.CreateAsync();
        await server.LoginAsync("moi@demo.test", "wrong-password", From("198.51.100.7"));
        for (var i = 0; i < 5; i++) await server.LoginAsync($"nobody{i}@demo.test", "wrong-password", From($"198.51.100.{i}"));
        await server.Administration.SetEnabledAsync("moi@demo.test", false, default);
        await server.LoginAsync("moi@demo.test", AccountsFixture.MoiPassword, From("192.0.2.1"));
        Assert.Equal(["FCT-3002", "FCT-3001"], (await RowsAsync(server)).Select(one => one.Result));
        Assert.Equal(2, (await server.Store.Logins.ListAsync(null, DateTimeOffset.UnixEpoch, null, 1000, default)).Count);
    }

    [Fact]
    public async Task A_storm_of_refusals_is_few_rows()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var history = server.Logins.History;
        for (var i = 0; i < 5000; i++) history.Note(server.Moi.Id, From($"10.0.{i / 250}.{i % 250}"), "", "FCT-3001");
        history.Note(server.Moi.Id, From("192.0.2.1"), "password", "ok");
        var rows = await RowsAsync(server);
        Assert.Equal((5000, 52), (rows.Where(one => one.Result != "ok").Sum(one => one.Count), rows.Count));
        server.Clock.Advance(TimeSpan.FromHours(2));
        for (var i = 0; i < 10; i++) history.Note(server.Moi.Id, From($"10.1.0.{i}"), "", "FCT-3001");
        Assert.Equal(62, (await RowsAsync(server)).Count); // room again, an hour later
    }

    [Fact]
    public async Task A_shared_account_shows_which_member_it_was()
    {
        await using var server = await AccountsFixture.CreateAsync();
        await server.Administration.AddAccountAsync(new AccountDraft("info@demo.test") { Kind = AccountKind.Shared }, default);
        await server.Administration.SetShareAsync("info@demo.test", "moi@demo.test", ShareRights.Read, default);
        await server.LoginAsync("moi@demo.test", AccountsFixture.MoiPassword, "info@demo.test");
        Assert.Equal("member: moi@demo.test", Assert.Single(await RowsAsync(server, await server.Administration.GetAccountAsync("info@demo.test", default))).Credential);
        Assert.Equal("password", Assert.Single(await RowsAsync(server)).Credential);
    }

    [Fact]
    public async Task Everything_is_written_at_the_stop_and_a_login_commits_nothing()
    {
        await using var server = await AccountsFixture.CreateAsync();
        using var recorder = new LoginRecorder(server.Logins, server.Clock, NullLogger<LoginRecorder>.Instance);
        async Task<int> WrittenAsync() => (await server.Store.Logins.ListAsync(server.Moi.Id, DateTimeOffset.UnixEpoch, null, 10, default)).Count;
        await LogInAsync(server, From("192.0.2.1"));
        Assert.Equal(0, await WrittenAsync());
        // It writes once as it begins, and then not before the clock moves.
        await recorder.StartAsync(default);
        var began = TimeProvider.System.GetTimestamp();
        while (await WrittenAsync() == 0)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromMinutes(2), "nothing is written");
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, default);
        }
        await LogInAsync(server, From("192.0.2.2"));
        Assert.Equal(1, await WrittenAsync());
        await recorder.StopAsync(default);
        Assert.Equal(2, await WrittenAsync());
        Assert.NotNull((await server.Directory.ListCredentialsAsync(server.Moi.Id, default)).Single(one => one.Kind == "password").LastUsed);
    }

    [Fact]
    public async Task Old_rows_go()
    {
        await using var server = await AccountsFixture.CreateAsync();
        await LogInAsync(server, From("192.0.2.1"));
        await server.Logins.FlushAsync(default);
        server.Clock.Advance(server.Options.HistoryKept + TimeSpan.FromDays(1));
        await server.Logins.FlushAsync(default);
        Assert.Empty(await RowsAsync(server));
    }

    [Fact]
    public async Task Alerts_come_for_what_is_new_to_who_asked_for_them()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var alerts = new List<string>();
        server.Logins.Alerted += alert => alerts.Add($"{alert.Kind} {alert.Login.Remote} {alert.Login.Program}");
        async Task Login(string remote, string program)
        {
            await LogInAsync(server, From(remote, program));
            await server.Logins.FlushAsync(default);
        }
        await Login("192.0.2.1", "Thunderbird/115");
        await Login("198.51.100.1", "Thunderbird/115");
        Assert.Empty(alerts); // nobody asked
        await server.Store.Settings.SetAsync(SettingScope.Of(server.Moi.Id), "alerts", Encoding.UTF8.GetBytes("""{"newProgram":true,"newNetwork":true}"""), default);
        await Login("192.0.2.200", "Thunderbird/128"); // the same network, another version
        await Login("203.0.113.9", "Thunderbird/128");
        await Login("203.0.113.10", "K-9 Mail");
        await Login("2001:db8:1:2::1", "K-9 Mail");
        await Login("2001:db8:1:ffff::1", "K-9 Mail");
        var account = await LogInAsync(server, From("2001:db8:1:ffff::2"));
        await server.Logins.FlushAsync(default); // written before it says its name
        server.Logins.NoteProgram(account, "neomutt 2022");
        await server.Logins.FlushAsync(default);
        Assert.Equal("NewProgram 2001:db8:1:ffff::2 neomutt 2022", alerts[^1]);
        alerts.RemoveAt(3);
        Assert.Equal(["NewNetwork 203.0.113.9 Thunderbird/128", "NewProgram 203.0.113.10 K-9 Mail", "NewNetwork 2001:db8:1:2::1 K-9 Mail"], alerts);
    }

    [Fact]
    public async Task The_first_login_ever_is_no_alert()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var alerts = 0;
        server.Logins.Alerted += _ => alerts++;
        await server.Store.Settings.SetAsync(SettingScope.Of(server.Moi.Id), "alerts", Encoding.UTF8.GetBytes("""{"newProgram":true,"newNetwork":true}"""), default);
        await LogInAsync(server, From("192.0.2.1", "Thunderbird"));
        await server.Logins.FlushAsync(default);
        Assert.Equal(0, alerts);
    }
}
