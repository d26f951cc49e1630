using Facteur.Accounts;
using Facteur.Accounts.Policy;
using Facteur.Net;
using Facteur.Storage;
using Facteur.Tests.Support;

namespace Facteur.Tests.Policy;

/// <summary>The grid as clients see it: each rule in each protocol that is spoken, and the words and codes of that protocol.</summary>
public sealed class SessionMatrixTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>How each answer begins in IMAP, POP3 and submission; what follows is the sentence.</summary>
    private static readonly Dictionary<string, string[]> forms = new()
    {
        ["ok"] = ["OK ", "+OK ", "235 2.7.0 "],
        ["FCT-3001"] = ["NO [AUTHENTICATIONFAILED] ", "-ERR [AUTH] ", "535 5.7.8 "],
        ["FCT-3002"] = ["NO [CONTACTADMIN] ", "-ERR [AUTH] ", "525 5.7.13 "],
        ["FCT-3101"] = ["NO [CONTACTADMIN] ", "-ERR [SYS/PERM] ", "535 5.7.0 "],
        ["FCT-3102"] = ["NO [CONTACTADMIN] ", "-ERR [AUTH] ", "535 5.7.0 "],
        ["FCT-3103"] = ["NO [PRIVACYREQUIRED] ", "-ERR [AUTH] ", "538 5.7.11 "],
        ["FCT-3104"] = ["NO [CONTACTADMIN] ", "-ERR [AUTH] ", "535 5.7.0 "],
        ["FCT-3105"] = ["NO [CONTACTADMIN] ", "-ERR [AUTH] ", "534 5.7.9 "],
        ["FCT-3106"] = ["NO [CONTACTADMIN] ", "-ERR [AUTH] ", "534 5.7.9 "],
        ["FCT-3111"] = ["", "-ERR [SYS/PERM] ", ""],
        ["FCT-3112"] = ["NO [NOPERM] ", "", ""],
    };

    /// <summary>A connection, by what rules look at.</summary>
    private readonly record struct Way(MailProtocol Protocol, bool IsInside, bool IsEncrypted, bool HasCertificate)
    {
        /// <summary>What can be tried on it.</summary>
        public IEnumerable<CredentialKind> Credentials => HasCertificate
            ? [CredentialKind.Password, CredentialKind.AppPassword, CredentialKind.AccessToken, CredentialKind.Certificate]
            : [CredentialKind.Password, CredentialKind.AppPassword, CredentialKind.AccessToken];
    }

    private static readonly Way[] ways =
    [
        .. from protocol in MailSessions.Protocols
           from isInside in (bool[])[true, false]
           from tls in ((bool IsEncrypted, bool HasCertificate)[])[(false, false), (true, false), (true, true)]
           select new Way(protocol, isInside, tls.IsEncrypted, tls.HasCertificate),
    ];

    [Fact]
    public async Task Every_rule_is_answered_in_the_form_of_the_protocol_with_the_same_code()
    {
        await using var server = await PolicyFixture.CreateAsync();
        using var sessions = new MailSessions(server);
        await BindAsync(server, sessions);
        server.Logins.Tokens = new OneToken(server.Moi.Id);
        var secrets = new Dictionary<CredentialKind, string>
        {
            [CredentialKind.Password] = PolicyFixture.Password,
            [CredentialKind.AppPassword] = (await server.AppPasswords.AddAsync(server.Moi, "phone", new AppPasswordLimits(), default)).Secret,
            [CredentialKind.AccessToken] = OneToken.Text,
            [CredentialKind.Certificate] = "",
        };
        // A connection serves until a login succeeds on it.
        var connections = new Dictionary<Way, OpenSession>();
        var (cells, wrong) = (0, new List<string>());
        PolicyRule[][] sets = [[], .. Enum.GetValues<PolicyRule>().Select(rule => (PolicyRule[])[rule]), Enum.GetValues<PolicyRule>()[1..]];
        foreach (var rules in sets)
        {
            await server.SetAsync(SettingScope.Of(server.Ventes.Id), MatrixTests.Row(rules.ToHashSet()));
            foreach (var way in ways)
                foreach (var credential in way.Credentials)
                {
                    cells++;
                    if (!connections.Remove(way, out var open))
                        open = await sessions.ConnectAsync(way.Protocol, way.IsInside ? MatrixTests.Inside : MatrixTests.Outside, way.IsEncrypted, way.HasCertificate, Cancel);
                    var promised = MatrixTests.Promised(rules.ToHashSet(), new(way.Protocol, way.IsInside, way.IsEncrypted, way.HasCertificate, credential));
                    var answer = await open.LogInAsync(credential, "moi@demo.test", secrets[credential], Cancel);
                    if (!IsOf(answer, promised, way.Protocol)) wrong.Add($"{string.Join('+', rules)} {way} by {credential}: promised {promised}, read: {answer}");
                    if (IsOf(answer, "ok", way.Protocol)) await open.CloseAsync(Cancel);
                    else connections.Add(way, open);
                }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Prepend($"{wrong.Count} of {cells}").Take(20)));
        Assert.Equal(8 * 3 * 2 * (3 + 3 + 4), cells);
        foreach (var open in connections.Values) await open.CloseAsync(Cancel);
    }

    /// <summary>A token that was given for everything.</summary>
    private sealed class OneToken(AccountId account) : IAccessTokens
    {
        public const string Text = "dG9rZW4";

        public ValueTask<(AccountId Account, IReadOnlyCollection<MailProtocol> Scope, string Client)?> FindAsync(string token, CancellationToken cancel) =>
            new(token == Text ? (account, Enum.GetValues<MailProtocol>(), "test") : null);
    }

    [Fact]
    public async Task What_is_wrong_disabled_or_switched_off_by_the_owner_has_a_form_in_each_protocol()
    {
        await using var server = await PolicyFixture.CreateAsync();
        using var sessions = new MailSessions(server);
        foreach (var protocol in MailSessions.Protocols)
            Assert.True(IsOf(await LogInAsync(protocol, "wrong-password"), "FCT-3001", protocol), protocol.ToString());

        await server.SetAsync(SettingScope.Of(server.Moi.Id), AccountSettings.Pop, """{"scope":"Off"}""");
        await server.SetAsync(SettingScope.Of(server.Moi.Id), AccountSettings.Imap, """{"isOff":true}""");
        Assert.Equal("-ERR [SYS/PERM] POP is switched off in the settings of this account (FCT-3111)", await LogInAsync(MailProtocol.Pop3));
        Assert.Equal("NO [NOPERM] IMAP is switched off in the settings of this account (FCT-3112)", await LogInAsync(MailProtocol.Imap));
        Assert.StartsWith("235 ", await LogInAsync(MailProtocol.Submission), StringComparison.Ordinal);

        await server.Administration.SetEnabledAsync("moi@demo.test", false, default);
        foreach (var protocol in MailSessions.Protocols)
            Assert.True(IsOf(await LogInAsync(protocol), "FCT-3002", protocol), protocol.ToString());

        Task<string> LogInAsync(MailProtocol protocol, string password = PolicyFixture.Password) =>
            sessions.LogInAsync(protocol, MatrixTests.Inside, isEncrypted: true, withCertificate: false, "moi@demo.test", password, Cancel);
    }

    [Fact]
    public async Task The_sentence_is_in_the_language_of_the_account_and_in_ASCII()
    {
        await using var server = await PolicyFixture.CreateAsync();
        using var sessions = new MailSessions(server);
        await server.Store.Settings.SetAsync(SettingScope.Of(server.Moi.Domain), AccountSettings.Locale, "\"fr\""u8.ToArray(), default);
        await server.SetAsync(SettingScope.Of(server.Ventes.Id), new PolicyDocument { Name = "Été", Imap = new(On: false), Pop3 = new(On: false), Submission = new(AppPassword: true) });
        Assert.Equal("NO [CONTACTADMIN] IMAP est desactive par votre administrateur (politique \"Ete\") (FCT-3101)", await LogInAsync(MailProtocol.Imap));
        Assert.Equal("-ERR [SYS/PERM] POP est desactive par votre administrateur (politique \"Ete\") (FCT-3101)", await LogInAsync(MailProtocol.Pop3));
        Assert.Equal(
            "534 5.7.9 SMTP n'accepte pas le mot de passe du compte : creez un mot de passe d'application dans vos reglages et utilisez-le a la place (politique \"Ete\") (FCT-3105)",
            await LogInAsync(MailProtocol.Submission));
        Assert.StartsWith("NO [AUTHENTICATIONFAILED] wrong user name", await sessions.LogInAsync(MailProtocol.Imap, MatrixTests.Inside, true, false, "moi@demo.test", "wrong-password", Cancel), StringComparison.Ordinal);

        Task<string> LogInAsync(MailProtocol protocol) => sessions.LogInAsync(protocol, MatrixTests.Inside, true, false, "moi@demo.test", PolicyFixture.Password, Cancel);
    }

    [Fact]
    public async Task The_code_stands_in_the_login_history_of_the_account()
    {
        await using var server = await PolicyFixture.CreateAsync();
        using var sessions = new MailSessions(server);
        await server.SetAsync(SettingScope.Of(server.Ventes.Id), new PolicyRules(AppPassword: true, Networks: [MatrixTests.Network]));
        foreach (var protocol in MailSessions.Protocols)
            foreach (var remote in (string[])[MatrixTests.Inside, MatrixTests.Outside])
                await sessions.LogInAsync(protocol, remote, isEncrypted: true, withCertificate: false, "moi@demo.test", PolicyFixture.Password, Cancel);
        await server.Logins.FlushAsync(default);
        var rows = await server.Store.Logins.ListAsync(server.Moi.Id, DateTimeOffset.MinValue, null, 100, default);
        Assert.Equal(
            ["imap 127.0.1.7 FCT-3105", "imap 127.0.2.7 FCT-3102", "pop3 127.0.1.7 FCT-3105", "pop3 127.0.2.7 FCT-3102", "submission 127.0.1.7 FCT-3105", "submission 127.0.2.7 FCT-3102"],
            rows.Select(row => $"{row.Protocol} {row.Remote} {row.Result}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Pop_answers_in_the_language_the_client_chose()
    {
        await using var server = await PolicyFixture.CreateAsync();
        using var sessions = new MailSessions(server);
        await server.SetAsync(SettingScope.Of(server.Ventes.Id), new PolicyRules(On: false));
        await Transcript.RunAsync(sessions[MailProtocol.Pop3], $"""
            S: +OK *
            C: LANG fr
            S: +OK fr *
            C: USER moi@demo.test
            S: +OK *
            C: PASS {PolicyFixture.Password}
            S: -ERR [SYS/PERM] POP est désactivé par votre administrateur (politique «~Ventes~») (FCT-3101)
            C: LANG en
            S: +OK en *
            C: USER moi@demo.test
            S: +OK *
            C: PASS {PolicyFixture.Password}
            S: -ERR [SYS/PERM] POP is switched off by your administrator (policy “Ventes”) (FCT-3101)
            """.Replace('~', '\u00a0'));
    }

    private static async Task BindAsync(PolicyFixture server, MailSessions sessions) => await server.Store.Directory.AddCredentialAsync(
        new CredentialRecord(0, server.Moi.Id, "certificate", "", default) { Lookup = ClientCertificateRules.HashOf(sessions.Certificate) }, default);

    private static bool IsOf(string answer, string code, MailProtocol protocol) =>
        answer.StartsWith(forms[code][Array.IndexOf(MailSessions.Protocols, protocol)], StringComparison.Ordinal) && (code == "ok" || answer.EndsWith($"({code})", StringComparison.Ordinal));
}
