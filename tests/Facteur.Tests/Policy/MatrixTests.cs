using System.Net;
using Facteur.Accounts;
using Facteur.Accounts.Policy;
using Facteur.Storage;

namespace Facteur.Tests.Policy;

/// <summary>
/// The whole grid: each protocol under each set of rules, from inside and outside, in clear and under TLS, with and without a certificate,
/// with each credential. What is promised is said here in another way than in the code: a list of what breaks which rule.
/// </summary>
public sealed class MatrixTests
{
    internal const string Inside = "127.0.1.7", Outside = "127.0.2.7", Network = "127.0.1.0/24";

    /// <summary>One login.</summary>
    internal readonly record struct Login(MailProtocol Protocol, bool IsInside, bool IsEncrypted, bool HasCertificate, CredentialKind Credential)
    {
        public LoginClient Client => PolicyFixture.Client(Protocol, IsInside ? Inside : Outside, IsEncrypted, HasCertificate ? PolicyFixture.Certificate : null);
    }

    // In the order in which they are told: a login that breaks several rules reads of the first.
    private static readonly (PolicyRule Rule, string Code, Func<Login, bool> IsBroken)[] promises =
    [
        (PolicyRule.On, "FCT-3101", _ => true),
        (PolicyRule.Networks, "FCT-3102", login => !login.IsInside),
        (PolicyRule.Tls, "FCT-3103", login => !login.IsEncrypted),
        (PolicyRule.Certificate, "FCT-3104", login => !login.HasCertificate && login.Credential != CredentialKind.Certificate),
        (PolicyRule.AppPassword, "FCT-3105", login => login.Credential == CredentialKind.Password),
        (PolicyRule.SecondFactor, "FCT-3106", login => login is { Credential: CredentialKind.Password, HasCertificate: false, Protocol: not MailProtocol.Webmail }),
    ];

    internal static string Promised(IReadOnlySet<PolicyRule> rules, Login login) =>
        promises.Where(promise => rules.Contains(promise.Rule) && promise.IsBroken(login)).Select(promise => promise.Code).FirstOrDefault("ok");

    /// <summary>The rules as a row of a policy has them.</summary>
    internal static PolicyRules Row(IReadOnlySet<PolicyRule> rules) => new(
        On: rules.Contains(PolicyRule.On) ? false : null,
        Networks: rules.Contains(PolicyRule.Networks) ? [Network] : null,
        Tls: rules.Contains(PolicyRule.Tls) ? true : null,
        Certificate: rules.Contains(PolicyRule.Certificate) ? true : null,
        AppPassword: rules.Contains(PolicyRule.AppPassword) ? true : null,
        SecondFactor: rules.Contains(PolicyRule.SecondFactor) ? true : null);

    [Fact]
    public async Task Every_login_under_every_set_of_rules_is_answered_as_promised()
    {
        await using var server = await PolicyFixture.CreateAsync();
        var (cells, wrong) = (0, new List<string>());
        foreach (var rules in Subsets())
        {
            // Each set stands in another scope than the one before it, so that all of them are seen to work.
            var scope = (cells / 160 % 4) switch { 0 => SettingScope.Site, 1 => SettingScope.Of(server.Moi.Domain), 2 => SettingScope.Of(server.Ventes.Id), _ => SettingScope.Of(server.Moi.Id) };
            await server.SetAsync(scope, Row(rules));
            foreach (var login in Logins())
            {
                cells++;
                var (promised, told) = (Promised(rules, login), await server.CodeAsync(server.Moi, login.Client, login.Credential));
                var forecast = await server.Policies.ForecastAsync(server.Moi, login.Protocol, login.Client.Remote, login.IsEncrypted, login.HasCertificate, login.Credential, default);
                if (told != promised || (forecast?.Code ?? "ok") != promised) wrong.Add($"{string.Join('+', rules)}: {login}: promised {promised}, told {told}, forecast {forecast?.Code ?? "ok"}");
            }
            await server.SetAsync(scope, PolicyDocument.Setting, null);
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Prepend($"{wrong.Count} of {cells}").Take(20)));
        Assert.Equal(64 * 8 * 2 * 2 * 2 * 5, cells);
    }

    private static IEnumerable<IReadOnlySet<PolicyRule>> Subsets()
    {
        var all = Enum.GetValues<PolicyRule>();
        return Enumerable.Range(0, 1 << all.Length).Select(bits => all.Where(rule => (bits & (1 << (int)rule)) != 0).ToHashSet());
    }

    private static IEnumerable<Login> Logins() =>
        from protocol in Enum.GetValues<MailProtocol>()
        from isInside in Both
        from isEncrypted in Both
        from hasCertificate in Both
        from credential in Enum.GetValues<CredentialKind>()
        select new Login(protocol, isInside, isEncrypted, hasCertificate, credential);

    private static readonly bool[] Both = [true, false];
}
