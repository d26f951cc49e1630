using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Tests.Accounts;

public sealed class CertificateAndTokenTests
{
    private sealed class Tokens : IAccessTokens
    {
        public Dictionary<string, (AccountId, IReadOnlyCollection<MailProtocol>, string)> All { get; } = [];

        public ValueTask<(AccountId Account, IReadOnlyCollection<MailProtocol> Scope, string Client)?> FindAsync(string token, CancellationToken cancel) =>
            new(All.TryGetValue(token, out var found) ? found : null);
    }

    private static async Task<(AccountsFixture Server, LoginClient Client, CredentialRecord Bound)> WithCertificateAsync()
    {
        var server = await AccountsFixture.CreateAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=poste de Moi", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        var bound = await new ClientCertificates(server.Directory).BindAsync(server.Moi, certificate.ExportCertificatePem(), "", default);
        return (server, AccountsFixture.Client() with { CertificateHash = ClientCertificates.HashOf(certificate.RawData) }, bound);
    }

    private static async Task<(SaslStep Step, LoginResult Result, SaslServer Sasl)> StartAsync(AccountsFixture server, string mechanism, string? message, LoginClient? client = null)
    {
        var sasl = SaslServer.Create(mechanism, server.Logins, client ?? AccountsFixture.Client())!;
        var step = await sasl.StartAsync(message is null ? default(ReadOnlyMemory<byte>?) : Encoding.UTF8.GetBytes(message), default);
        return (step, sasl.Result, sasl);
    }

    private static Tokens Give(AccountsFixture server, string token, AccountId account, params MailProtocol[] scope)
    {
        var tokens = server.Logins.Tokens as Tokens ?? new Tokens();
        tokens.All[token] = (account, scope, "Thunderbird");
        server.Logins.Tokens = tokens;
        return tokens;
    }

    [Fact] // RFC 4422 appendix A
    public async Task External_lets_in_who_the_certificate_is_bound_to()
    {
        var (server, client, bound) = await WithCertificateAsync();
        await using var _ = server;
        foreach (var message in (string[])["", "moi@demo.test"])
        {
            var (step, result, _) = await StartAsync(server, "EXTERNAL", message, client);
            Assert.Equal((SaslStep.Done, server.Moi.Id, CredentialKind.Certificate, bound.Id), (step, result.Account!.Id, result.Account.Credential!.Kind, result.Account.Credential.Id));
        }
        var (asked, _, sasl) = await StartAsync(server, "EXTERNAL", null, client);
        Assert.Equal((SaslStep.Continue, 0), (asked, sasl.Challenge.Length));
        Assert.Equal(SaslStep.Done, await sasl.NextAsync(ReadOnlyMemory<byte>.Empty, default));
        Assert.NotNull(sasl.Result.Account);
        Assert.Equal("CN=poste de Moi", bound.Label);
    }

    [Theory]
    [InlineData("ami@demo.test")]
    [InlineData("nobody@demo.test")]
    [InlineData("root")]
    public async Task External_acts_as_nobody_else(string authorizationId)
    {
        var (server, client, _) = await WithCertificateAsync();
        await using var _2 = server;
        Assert.Equal(LoginRefusal.BadCredentials, (await StartAsync(server, "EXTERNAL", authorizationId, client)).Result.Refusal);
        Assert.Equal(SaslStep.Malformed, (await StartAsync(server, "EXTERNAL", authorizationId + "\0", client)).Step);
    }

    [Fact]
    public async Task External_is_offered_with_a_certificate_and_refuses_one_that_is_not_bound()
    {
        var (server, client, bound) = await WithCertificateAsync();
        await using var _ = server;
        Assert.Contains("EXTERNAL", SaslServer.MechanismsFor(client, server.Logins));
        Assert.DoesNotContain("EXTERNAL", SaslServer.MechanismsFor(AccountsFixture.Client(), server.Logins));
        Assert.Null(SaslServer.Create("EXTERNAL", server.Logins, AccountsFixture.Client()));
        Assert.Equal(LoginRefusal.BadCredentials, (await StartAsync(server, "EXTERNAL", "", client with { CertificateHash = new string('0', 64) })).Result.Refusal);
        var ended = new TaskCompletionSource();
        using var session = server.Logins.Watch((await server.Logins.LoginByCertificateAsync(client, "", default)).Account!, ended.SetResult);
        await server.Directory.RemoveCredentialAsync(bound, default);
        await ended.Task;
        Assert.Equal(LoginRefusal.BadCredentials, (await StartAsync(server, "EXTERNAL", "", client)).Result.Refusal);
        await Assert.ThrowsAsync<AccountRuleException>(async () => await new ClientCertificates(server.Directory).BindAsync(server.Moi, "no certificate", "", default));
    }

    [Fact] // RFC 7628 §4.1
    public async Task Oauthbearer_as_in_the_rfc()
    {
        await using var server = await AccountsFixture.CreateAsync();
        Assert.Null(SaslServer.Create("OAUTHBEARER", server.Logins, AccountsFixture.Client()));
        Give(server, "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==", server.Moi.Id, MailProtocol.Imap);
        Assert.Equal(["SCRAM-SHA-256", "PLAIN", "LOGIN", "OAUTHBEARER", "XOAUTH2"], SaslServer.MechanismsFor(AccountsFixture.Client(), server.Logins));
        foreach (var (authzid, scheme) in (IEnumerable<(string, string)>)[("a=moi@demo.test", "Bearer"), ("", "bearer"), ("a=Moi@DEMO.test", "BEARER")])
        {
            var (step, result, _) = await StartAsync(server, "OAUTHBEARER", $"n,{authzid},\x01host=server.example.com\x01port=143\x01" + $"auth={scheme} vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\x01\x01");
            Assert.Equal((SaslStep.Done, server.Moi.Id, "Thunderbird"), (step, result.Account!.Id, result.Account.Credential!.Label));
        }
    }

    [Fact] // RFC 7628 §3.2.2, §3.2.3
    public async Task A_refused_token_is_told_in_json_and_ended_by_the_client()
    {
        await using var server = await AccountsFixture.CreateAsync();
        Give(server, "good", server.Moi.Id, MailProtocol.Imap);
        server.Logins.OpenIdConfiguration = "https://mail.demo.test/.well-known/openid-configuration";
        var (step, _, sasl) = await StartAsync(server, "OAUTHBEARER", "n,,\x01" + "auth=Bearer bad\x01\x01");
        Assert.Equal((SaslStep.Continue, """{"status":"invalid_token","scope":"imap","openid-configuration":"https://mail.demo.test/.well-known/openid-configuration"}"""), (step, Encoding.UTF8.GetString(sasl.Challenge.Span)));
        Assert.Equal(SaslStep.Done, await sasl.NextAsync(new byte[] { 1 }, default));
        Assert.Equal(LoginRefusal.BadCredentials, sasl.Result.Refusal);

        (step, _, sasl) = await StartAsync(server, "XOAUTH2", "user=moi@demo.test\x01" + "auth=Bearer bad\x01\x01");
        Assert.Equal((SaslStep.Continue, """{"status":"401","schemes":"bearer","scope":"imap"}"""), (step, Encoding.UTF8.GetString(sasl.Challenge.Span)));
        Assert.Equal(SaslStep.Done, await sasl.NextAsync(ReadOnlyMemory<byte>.Empty, default));

        var pop = await StartAsync(server, "OAUTHBEARER", "n,,\x01" + "auth=Bearer good\x01\x01", AccountsFixture.Client(MailProtocol.Pop3));
        Assert.Contains("insufficient_scope", Encoding.UTF8.GetString(pop.Sasl.Challenge.Span), StringComparison.Ordinal);
        Assert.Equal("FCT-3014", pop.Result.Reason!.Code);
    }

    [Fact]
    public async Task The_user_of_xoauth2_is_the_tokens_own()
    {
        await using var server = await AccountsFixture.CreateAsync();
        Give(server, "good", server.Moi.Id, MailProtocol.Imap);
        Assert.Equal(server.Moi.Id, (await StartAsync(server, "XOAUTH2", "user=MOI@demo.test\x01" + "auth=Bearer good\x01\x01")).Result.Account!.Id);
        foreach (var other in (string[])["ami@demo.test", "nobody@demo.test", "moi", "ami@demo.test*moi@demo.test"])
            Assert.Equal(LoginRefusal.BadCredentials, (await StartAsync(server, "XOAUTH2", $"user={other}\x01" + "auth=Bearer good\x01\x01")).Result.Refusal);
    }

    [Theory]
    [InlineData("OAUTHBEARER", "")]
    [InlineData("OAUTHBEARER", "\u0001")]
    [InlineData("OAUTHBEARER", "n,,\u0001auth=Bearer x\u0001")]
    [InlineData("OAUTHBEARER", "n,,\u0001host=a\u0001\u0001")]
    [InlineData("OAUTHBEARER", "p=tls-unique,,\u0001auth=Bearer x\u0001\u0001")]
    [InlineData("OAUTHBEARER", "n,b=x,\u0001auth=Bearer x\u0001\u0001")]
    [InlineData("OAUTHBEARER", "n,,\u0001auth=Basic x\u0001\u0001")]
    [InlineData("XOAUTH2", "auth=Bearer x\u0001\u0001")]
    [InlineData("XOAUTH2", "user=moi@demo.test\u0001auth=Bearer \u0001\u0001")]
    [InlineData("XOAUTH2", "user=moi@demo.test\u0001auth=Bearer x")]
    public async Task Malformed_messages(string mechanism, string message)
    {
        await using var server = await AccountsFixture.CreateAsync();
        Give(server, "x", server.Moi.Id, MailProtocol.Imap);
        Assert.Equal(SaslStep.Malformed, (await StartAsync(server, mechanism, message)).Step);
    }

    [Fact]
    public async Task Wrong_tokens_wait_and_count_as_wrong_passwords_do_and_right_ones_do_not()
    {
        await using var server = await AccountsFixture.CreateAsync();
        Give(server, "good", server.Moi.Id, MailProtocol.Jmap);
        var client = AccountsFixture.Client(MailProtocol.Jmap);
        for (var i = 0; i <= server.Options.FreeFailures; i++) await server.Logins.LoginByTokenAsync($"bad{i}", "", client, default);
        server.Clock.ExpectTimer();
        var guess = server.Logins.LoginByTokenAsync("bad", "", client, default).AsTask();
        await server.Clock.Scheduled.Task;
        Assert.NotNull((await server.Logins.LoginByTokenAsync("good", "", client, default)).Account);
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(LoginRefusal.BadCredentials, (await guess).Refusal);
        Assert.Equal(0, server.Logins.Hashes.Computed);
    }
}
