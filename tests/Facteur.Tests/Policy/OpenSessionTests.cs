using Facteur.Accounts;
using Facteur.Accounts.Policy;
using Facteur.Storage;

namespace Facteur.Tests.Policy;

/// <summary>What changes is held against who is logged in already; no clock moves in between.</summary>
public sealed class OpenSessionTests
{
    private const string Bystander = "ami@demo.test", Member = "moi@demo.test";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(MailProtocol.Imap, "* BYE IMAP is switched off by your administrator (policy \"Ventes\") (FCT-3101)", "b NOOP", "b OK")]
    [InlineData(MailProtocol.Submission, "421 4.7.0 SMTP is switched off by your administrator (policy \"Ventes\") (FCT-3101)", "NOOP", "250 ")]
    [InlineData(MailProtocol.Pop3, "<closed>", "NOOP", "+OK")]
    public async Task A_session_that_is_refused_now_ends_with_the_reason_and_others_stay(MailProtocol protocol, string goodbye, string command, string answer)
    {
        await using var server = await PolicyFixture.CreateAsync();
        using var sessions = new MailSessions(server);
        var (member, bystander) = (await OpenAsync(sessions, protocol, Member), await OpenAsync(sessions, protocol, Bystander));
        await server.SetAsync(SettingScope.Of(server.Ventes.Id), new PolicyRules(On: false));
        Assert.Equal(goodbye, await member.ReadAsync(Cancel));
        Assert.Equal("<closed>", await member.ReadAsync(Cancel));
        await member.Session.WaitAsync(Cancel);
        Assert.StartsWith(answer, await bystander.AskAsync(command, Cancel), StringComparison.Ordinal);
        await bystander.Client.AbortAsync();
    }

    [Fact]
    public async Task Idle_ends_too_and_in_the_language_of_the_account()
    {
        await using var server = await PolicyFixture.CreateAsync();
        using var sessions = new MailSessions(server);
        await server.Store.Settings.SetAsync(SettingScope.Of(server.Moi.Id), AccountSettings.Locale, "\"fr\""u8.ToArray(), default);
        var member = await OpenAsync(sessions, MailProtocol.Imap, Member);
        Assert.StartsWith("+ ", await member.AskAsync("b IDLE", Cancel), StringComparison.Ordinal);
        await server.SetAsync(SettingScope.Of(server.Moi.Id), AccountSettings.Imap, """{"isOff":true}""");
        Assert.Equal("* BYE IMAP est desactive dans les reglages de ce compte (FCT-3112)", await member.ReadAsync(Cancel));
        await member.Session.WaitAsync(Cancel);
    }

    [Fact]
    public async Task Who_joins_a_group_falls_under_its_rules()
    {
        await using var server = await PolicyFixture.CreateAsync();
        using var sessions = new MailSessions(server);
        await server.SetAsync(SettingScope.Of(server.Ventes.Id), new PolicyDocument { Imap = new(Networks: ["203.0.113.0/24"]) });
        var open = await OpenAsync(sessions, MailProtocol.Imap, Bystander);
        await server.ChangeAsync(SettingScope.Of(server.Ami.Id), () => server.Store.Directory.SetMemberAsync(server.Ventes.Id, server.Ami.Id, isMember: true, default));
        Assert.Equal("* BYE IMAP may not be used from the address 127.0.1.7 (policy \"Ventes\") (FCT-3102)", await open.ReadAsync(Cancel));
        await open.Session.WaitAsync(Cancel);
        await server.ChangeAsync(SettingScope.Of(server.Ami.Id), () => server.Store.Directory.SetMemberAsync(server.Ventes.Id, server.Ami.Id, isMember: false, default));
        await (await OpenAsync(sessions, MailProtocol.Imap, Bystander)).Client.AbortAsync();
    }

    [Fact]
    public async Task A_group_that_gets_another_name_is_told_by_it()
    {
        await using var server = await PolicyFixture.CreateAsync();
        await server.SetAsync(SettingScope.Of(server.Ventes.Id), new PolicyRules(On: false));
        var client = PolicyFixture.Client(MailProtocol.Jmap);
        Assert.Equal("Ventes", (await server.Policies.CheckAsync(server.Moi, client, new UsedCredential(CredentialKind.Password), default))!.Origin!.Name);
        await server.ChangeAsync(SettingScope.Of(server.Moi.Id), async () => await server.Store.Directory.RenameGroupAsync(server.Ventes.Id, "Commerce", default));
        Assert.Equal("Commerce", (await server.Policies.CheckAsync(server.Moi, client, new UsedCredential(CredentialKind.Password), default))!.Origin!.Name);
    }

    [Fact]
    public async Task A_credential_that_is_removed_ends_the_sessions_it_let_in_and_no_others()
    {
        await using var server = await PolicyFixture.CreateAsync();
        var phone = await AddAsync(server, "phone");
        var laptop = await AddAsync(server, "laptop");
        var (lost, kept) = (new TaskCompletionSource<LoginResult>(), new TaskCompletionSource<LoginResult>());
        using var first = await WatchAsync(server, phone.Id, lost);
        using var second = await WatchAsync(server, laptop.Id, kept);
        await server.ChangeAsync(SettingScope.Of(server.Moi.Id), async () => await server.Store.Directory.RemoveCredentialAsync(phone, default));
        Assert.Null((await lost.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancel)).Why);
        // The sessions that are left are held against the rules; what ends by a later rule was not ended before.
        await server.SetAsync(SettingScope.Site, new PolicyRules(On: false));
        Assert.Equal(AccessCode.SwitchedOff, (await kept.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancel)).Why!.Code);
    }

    [Theory]
    [InlineData(MailProtocol.Imap, "* BYE log in again")]
    [InlineData(MailProtocol.Submission, "421 4.7.0 the account was changed; log in again")]
    [InlineData(MailProtocol.Pop3, "<closed>")]
    public async Task An_app_password_that_is_withdrawn_ends_its_sessions_at_once(MailProtocol protocol, string goodbye)
    {
        await using var server = await PolicyFixture.CreateAsync();
        using var sessions = new MailSessions(server);
        var phone = await server.AppPasswords.AddAsync(server.Moi, "phone", new AppPasswordLimits(), default);
        var open = await sessions.ConnectAsync(protocol, MatrixTests.Inside, isEncrypted: false, withCertificate: false, Cancel);
        await open.LogInAsync(CredentialKind.AppPassword, Member, phone.Secret, Cancel);
        await server.AppPasswords.RemoveAsync(server.Moi.Id, phone.Credential.Id, default);
        Assert.Equal(goodbye, await open.ReadAsync(Cancel));
        await open.Session.WaitAsync(Cancel);
    }

    [Fact]
    public async Task A_certificate_that_is_taken_from_an_account_ends_what_needed_it()
    {
        await using var server = await PolicyFixture.CreateAsync();
        await server.SetAsync(SettingScope.Site, new PolicyRules(Certificate: true));
        var ended = new TaskCompletionSource<LoginResult>();
        var client = PolicyFixture.Client(MailProtocol.Dav, certificate: PolicyFixture.Certificate);
        using var watch = server.Logins.Watch(await server.LoginAsync(client), ended.SetResult);
        var bound = (await server.Store.Directory.FindCredentialAsync("certificate", PolicyFixture.Certificate, default))!;
        await server.Store.Directory.RemoveCredentialAsync(bound, default);
        Assert.Equal(AccessCode.CertificateRequired, (await ended.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancel)).Why!.Code);
    }

    [Fact]
    public async Task A_session_that_was_let_in_before_a_rule_changed_is_looked_at_when_it_begins()
    {
        await using var server = await PolicyFixture.CreateAsync();
        var login = await server.LoginAsync(PolicyFixture.Client(MailProtocol.Imap));
        await server.SetAsync(SettingScope.Of(server.Moi.Domain), new PolicyRules(Tls: true, AppPassword: true));
        var ended = new TaskCompletionSource<LoginResult>();
        using var watch = server.Logins.Watch(login, ended.SetResult);
        Assert.Equal(AccessCode.AppPasswordRequired, (await ended.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancel)).Why!.Code);
    }

    [Fact]
    public async Task A_rule_that_cannot_be_read_ends_who_it_is_for()
    {
        await using var server = await PolicyFixture.CreateAsync();
        var ended = new TaskCompletionSource<LoginResult>();
        using var watch = server.Logins.Watch(await server.LoginAsync(PolicyFixture.Client(MailProtocol.Imap)), ended.SetResult);
        await server.SetAsync(SettingScope.Of(server.Moi.Id), PolicyDocument.Setting, "[1]");
        Assert.Equal(AccessCode.Temporary, (await ended.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancel)).Why!.Code);
    }

    [Fact]
    public async Task Who_may_not_use_a_shared_account_any_more_is_out()
    {
        await using var server = await PolicyFixture.CreateAsync();
        var shared = await server.Store.Directory.AddAccountAsync(server.Moi.Domain, "info@demo.test", "Info", AccountKind.Shared, default);
        await server.Store.Directory.SetShareAsync(new ShareRecord(shared.Id, server.Moi.Id, ShareRights.All), default);
        await server.Store.Announcer.CaughtUpAsync();
        var ended = new TaskCompletionSource<LoginResult>();
        var login = (await server.LoginAsync(PolicyFixture.Client(MailProtocol.Imap))) with { Id = shared.Id, Address = shared.Address, Member = server.Moi.Id };
        using var watch = server.Logins.Watch(login, ended.SetResult);
        await server.ChangeAsync(SettingScope.Of(server.Moi.Id), () => server.Store.Directory.SetShareAsync(new ShareRecord(shared.Id, server.Moi.Id, ShareRights.None), default));
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancel);
    }

    [Fact]
    public async Task A_member_of_a_shared_account_is_held_against_its_rules_with_his_own_certificate()
    {
        await using var server = await PolicyFixture.CreateAsync();
        var shared = await server.Store.Directory.AddAccountAsync(server.Moi.Domain, "info@demo.test", "Info", AccountKind.Shared, default);
        await server.Store.Directory.SetShareAsync(new ShareRecord(shared.Id, server.Moi.Id, ShareRights.All), default);
        await server.Store.Announcer.CaughtUpAsync();
        await server.SetAsync(SettingScope.Site, new PolicyRules(Certificate: true));
        var (client, credential) = (PolicyFixture.Client(MailProtocol.Imap, certificate: PolicyFixture.Certificate), new UsedCredential(CredentialKind.Password));
        Assert.Null(await server.Policies.CheckSharedAsync(shared, server.Moi, client, credential, default));
        Assert.Equal(AccessCode.CertificateRequired, (await server.Policies.CheckSharedAsync(shared, server.Ami, client, credential, default))!.Code);
        var ended = new TaskCompletionSource<LoginResult>();
        var login = (await server.LoginAsync(client)) with { Id = shared.Id, Address = shared.Address, Member = server.Moi.Id };
        using var watch = server.Logins.Watch(login, ended.SetResult);
        await server.SetAsync(SettingScope.Of(shared.Id), new PolicyDocument { Imap = new(On: false) });
        Assert.Equal(AccessCode.SwitchedOff, (await ended.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancel)).Why!.Code);
    }

    [Fact]
    public async Task Ten_thousand_sessions_are_held_against_a_rule_of_the_site()
    {
        await using var server = await PolicyFixture.CreateAsync();
        var (left, done) = (10_000, new TaskCompletionSource());
        var login = await server.LoginAsync(PolicyFixture.Client(MailProtocol.Imap));
        for (var i = 0; i < 10_000; i++)
            server.Logins.Watch(login, _ =>
            {
                if (Interlocked.Decrement(ref left) == 0) done.SetResult();
            });
        await server.SetAsync(SettingScope.Site, new PolicyRules(On: false));
        await done.Task.WaitAsync(TimeSpan.FromSeconds(5), Cancel);
    }

    private static async Task<OpenSession> OpenAsync(MailSessions sessions, MailProtocol protocol, string user)
    {
        var open = await sessions.ConnectAsync(protocol, MatrixTests.Inside, isEncrypted: false, withCertificate: false, Cancel);
        var answer = await open.LogInAsync(CredentialKind.Password, user, PolicyFixture.Password, Cancel);
        Assert.Contains(answer.Split(' ')[0], (string[])["OK", "+OK", "235"]);
        return open;
    }

    private static async Task<CredentialRecord> AddAsync(PolicyFixture server, string label) =>
        await server.Store.Directory.AddCredentialAsync(new CredentialRecord(0, server.Moi.Id, "app-password", "", default) { Lookup = label, Label = label }, default);

    private static async Task<IDisposable> WatchAsync(PolicyFixture server, long credential, TaskCompletionSource<LoginResult> ended) =>
        server.Logins.Watch(await server.LoginAsync(PolicyFixture.Client(MailProtocol.Imap), new UsedCredential(CredentialKind.AppPassword, credential)), ended.SetResult);
}
