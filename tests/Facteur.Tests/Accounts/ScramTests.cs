using System.Net;
using System.Security.Cryptography;
using System.Text;
using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Tests.Accounts;

public sealed class ScramTests
{
    private const string User = "moi@demo.test";
    private static readonly byte[] endPoint = SHA256.HashData("the server's certificate"u8);

    /// <summary>The client's side (RFC 5802 §3), written for the tests.</summary>
    private sealed class ScramClient(string user, string password, string header = "n,,", byte[]? binding = null)
    {
        private readonly string bare = $"n={user.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal)},r=fyko+d2lbbFgONRv9qkxdawL";
        private string authMessage = "";
        private byte[] salted = [];

        public ReadOnlyMemory<byte> First => Encoding.UTF8.GetBytes(header + bare);

        public ReadOnlyMemory<byte> Final(ReadOnlyMemory<byte> challenge)
        {
            var serverFirst = Encoding.UTF8.GetString(challenge.Span);
            var parts = serverFirst.Split(',');
            Assert.StartsWith("r=fyko+d2lbbFgONRv9qkxdawL", parts[0], StringComparison.Ordinal);
            var count = int.Parse(parts[2].AsSpan(2), System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(count >= 4096);
            salted = Rfc2898DeriveBytes.Pbkdf2(password, Convert.FromBase64String(parts[1][2..]), count, HashAlgorithmName.SHA256, 32);
            byte[] cbind = [.. Encoding.UTF8.GetBytes(header), .. binding ?? []];
            var withoutProof = $"c={Convert.ToBase64String(cbind)},{parts[0]}";
            authMessage = $"{bare},{serverFirst},{withoutProof}";
            var clientKey = HMACSHA256.HashData(salted, "Client Key"u8);
            var signature = HMACSHA256.HashData(SHA256.HashData(clientKey), Encoding.UTF8.GetBytes(authMessage));
            var proof = clientKey.Zip(signature, (a, b) => (byte)(a ^ b)).ToArray();
            return Encoding.UTF8.GetBytes($"{withoutProof},p={Convert.ToBase64String(proof)}");
        }

        public string ServerFinal => "v=" + Convert.ToBase64String(HMACSHA256.HashData(HMACSHA256.HashData(salted, "Server Key"u8), Encoding.UTF8.GetBytes(authMessage)));
    }

    private static async Task<LoginResult> RunAsync(AccountsFixture server, ScramClient client, bool isPlus = false, bool canBind = false)
    {
        var connection = AccountsFixture.Client() with { ServerEndPoint = canBind ? endPoint : default };
        var sasl = SaslServer.Create(isPlus ? "SCRAM-SHA-256-PLUS" : "SCRAM-SHA-256", server.Logins, connection)!;
        if (await sasl.StartAsync(client.First, default) is var step && step != SaslStep.Continue) return new LoginResult(null, step == SaslStep.Malformed ? LoginRefusal.Temporary : sasl.Result.Refusal);
        if (await sasl.NextAsync(client.Final(sasl.Challenge), default) == SaslStep.Done)
        {
            Assert.Null(sasl.Result.Account);
            return sasl.Result;
        }
        Assert.Equal(client.ServerFinal, Encoding.UTF8.GetString(sasl.Challenge.Span));
        Assert.Equal(SaslStep.Done, await sasl.NextAsync(ReadOnlyMemory<byte>.Empty, default));
        return sasl.Result;
    }

    [Fact] // RFC 7677 §3
    public void Example_of_the_rfc()
    {
        var first = ScramClientFirst.Parse("n,,n=user,r=rOprNGfwEbeRWgbNEkqO")!;
        const string ServerFirst = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
        var final = ScramClientFinal.Parse("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")!;
        var verifier = ScramVerifier.Make("pencil", Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096);
        var message = Encoding.UTF8.GetBytes($"{first.Bare},{ServerFirst},{final.WithoutProof}");
        Assert.True(verifier.Fits(message, final.Proof));
        Assert.Equal("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", Convert.ToBase64String(verifier.Sign(message)));
        Assert.False(verifier.Fits(message, [.. final.Proof.AsSpan(0, 31), (byte)(final.Proof[31] ^ 1)]));
        Assert.False(verifier.Fits(message, final.Proof.AsSpan(0, 31).ToArray()));
        Assert.Equivalent(verifier, ScramVerifier.Parse(verifier.ToString()));
    }

    [Fact]
    public async Task Lets_in_at_once_after_the_password_was_set()
    {
        await using var server = await AccountsFixture.CreateAsync();
        Assert.Equal(server.Moi.Id, (await RunAsync(server, new ScramClient(User, AccountsFixture.MoiPassword))).Account!.Id);
        Assert.Equal(0, server.Logins.Hashes.Computed);
        var refused = await RunAsync(server, new ScramClient(User, "wrong-password"));
        Assert.Equal((LoginRefusal.BadCredentials, "FCT-3001"), (refused.Refusal, refused.Reason!.Code));
    }

    [Fact]
    public async Task Takes_accents_as_the_password_was_typed()
    {
        await using var server = await AccountsFixture.CreateAsync();
        Assert.NotNull((await RunAsync(server, new ScramClient("ami@demo.test", SaslPrep.Prepare(AccountsFixture.AmiPassword)!))).Account);
    }

    [Fact]
    public async Task A_verifier_that_is_missing_is_made_at_the_next_login_by_password()
    {
        await using var server = await AccountsFixture.CreateAsync();
        await server.Directory.SetCredentialAsync(server.Moi.Id, "password", new PasswordHashes(10).Hash("une-autre-phrase"), default); // as an import does
        Assert.Null((await RunAsync(server, new ScramClient(User, AccountsFixture.MoiPassword))).Account); // that of the former password counts no more
        Assert.Null((await RunAsync(server, new ScramClient(User, "une-autre-phrase"))).Account);
        var ended = 0;
        using var session = server.Logins.Watch(server.Moi.Id, () => ended++);
        Assert.Equal(LoginRefusal.None, await server.RefusalAsync(User, "une-autre-phrase"));
        Assert.NotNull((await RunAsync(server, new ScramClient(User, "une-autre-phrase"))).Account);
        Assert.Equal(0, ended);
        Assert.Single(await server.Directory.ListCredentialsAsync(server.Moi.Id, default), one => one.Kind == "scram-sha-256");
    }

    [Fact]
    public async Task App_passwords_are_proved_alike()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var made = await server.AppPasswords.AddAsync(server.Moi, "mutt", new AppPasswordLimits([MailProtocol.Imap]), default);
        foreach (var typed in (string[])[made.Secret, made.Secret.Replace("-", "", StringComparison.Ordinal)])
        {
            var result = await RunAsync(server, new ScramClient(User, typed));
            Assert.Equal(("mutt", CredentialKind.AppPassword), (result.Account!.Credential!.Label, result.Account.Credential.Kind));
        }
        Assert.NotNull((await RunAsync(server, new ScramClient(User, AccountsFixture.MoiPassword))).Account);
    }

    [Fact] // S-08
    public async Task An_unknown_user_is_asked_as_a_known_one_is_and_the_same_each_time()
    {
        await using var server = await AccountsFixture.CreateAsync();
        async Task<string[]> AskAsync(string user)
        {
            var sasl = SaslServer.Create("SCRAM-SHA-256", server.Logins, AccountsFixture.Client())!;
            Assert.Equal(SaslStep.Continue, await sasl.StartAsync(new ScramClient(user, "x").First, default));
            return Encoding.UTF8.GetString(sasl.Challenge.Span).Split(',');
        }
        var (known, unknown, again, other) = (await AskAsync(User), await AskAsync("nobody@demo.test"), await AskAsync("Nobody@DEMO.test"), await AskAsync("personne@demo.test"));
        Assert.Equal(known[1].Length, unknown[1].Length);
        Assert.Equal(known[2], unknown[2]);
        Assert.Equal(unknown[1], again[1]);
        Assert.NotEqual(unknown[1], other[1]);
        Assert.NotEqual(unknown[0], again[0]); // a nonce is another each time
        Assert.Equal(LoginRefusal.BadCredentials, (await RunAsync(server, new ScramClient("nobody@demo.test", "x"))).Refusal);
    }

    [Fact]
    public async Task Failures_count_and_wait_as_those_of_passwords_do()
    {
        await using var server = await AccountsFixture.CreateAsync();
        for (var i = 0; i <= server.Options.FreeFailures; i++) await RunAsync(server, new ScramClient(User, "guess"));
        server.Clock.ExpectTimer();
        var guess = RunAsync(server, new ScramClient(User, "guess"));
        await server.Clock.Scheduled.Task;
        Assert.False(guess.IsCompleted);
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(LoginRefusal.BadCredentials, (await guess).Refusal);
    }

    [Theory] // RFC 5802 §6
    [InlineData("p=tls-server-end-point,,", true, true, LoginRefusal.None)]
    [InlineData("p=tls-unique,,", true, true, LoginRefusal.Temporary)] // malformed: a binding that is not offered
    [InlineData("n,,", true, true, LoginRefusal.Temporary)]
    [InlineData("n,,", false, true, LoginRefusal.None)]
    [InlineData("y,,", false, true, LoginRefusal.Temporary)] // somebody took -PLUS away
    [InlineData("y,,", false, false, LoginRefusal.None)]
    [InlineData("p=tls-server-end-point,,", false, false, LoginRefusal.Temporary)]
    public async Task Binding_to_the_connection(string header, bool isPlus, bool canBind, LoginRefusal expected)
    {
        await using var server = await AccountsFixture.CreateAsync();
        var client = new ScramClient(User, AccountsFixture.MoiPassword, header, header[0] == 'p' ? endPoint : null);
        Assert.Equal(expected, (await RunAsync(server, client, isPlus, canBind)).Refusal);
    }

    [Fact]
    public async Task Binding_to_another_connection_is_refused()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var relayed = new ScramClient(User, AccountsFixture.MoiPassword, "p=tls-server-end-point,,", SHA256.HashData("a certificate in between"u8));
        Assert.Equal(LoginRefusal.BadCredentials, (await RunAsync(server, relayed, isPlus: true, canBind: true)).Refusal);
        Assert.Null(SaslServer.Create("SCRAM-SHA-256-PLUS", server.Logins, AccountsFixture.Client()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("n,,")]
    [InlineData("n,,n=user")]
    [InlineData("n,,m=x,n=user,r=abc")] // must be understood, and is not
    [InlineData("n,,n=us=er,r=abc")]
    [InlineData("n,,n=,r=abc")]
    [InlineData("n,,n=user,r=a\u00e9")]
    [InlineData("n,b=x,n=user,r=abc")]
    [InlineData("x,,n=user,r=abc")]
    [InlineData("n,,n=us\0er,r=abc")]
    [InlineData("n,,n=user,r=abc,broken")]
    public async Task Malformed_first_messages(string text)
    {
        await using var server = await AccountsFixture.CreateAsync();
        Assert.Equal(SaslStep.Malformed, await SaslServer.Create("SCRAM-SHA-256", server.Logins, AccountsFixture.Client())!.StartAsync(Encoding.UTF8.GetBytes(text), default));
    }

    [Fact]
    public async Task Malformed_final_messages_and_foreign_nonces()
    {
        await using var server = await AccountsFixture.CreateAsync();
        foreach (var text in (string[])["", "c=biws", "c=!!,r=abc,p=AA==", "c=biws,r=abc,p=?", "r=abc,c=biws,p=AA=="])
        {
            var sasl = SaslServer.Create("SCRAM-SHA-256", server.Logins, AccountsFixture.Client())!;
            await sasl.StartAsync(new ScramClient(User, "x").First, default);
            Assert.Equal(SaslStep.Malformed, await sasl.NextAsync(Encoding.UTF8.GetBytes(text), default));
        }
        var client = new ScramClient(User, AccountsFixture.MoiPassword);
        var (one, two) = (SaslServer.Create("SCRAM-SHA-256", server.Logins, AccountsFixture.Client())!, SaslServer.Create("SCRAM-SHA-256", server.Logins, AccountsFixture.Client())!);
        await one.StartAsync(client.First, default);
        await two.StartAsync(client.First, default);
        Assert.Equal(SaslStep.Done, await two.NextAsync(client.Final(one.Challenge), default)); // a recording of another exchange
        Assert.Equal(LoginRefusal.BadCredentials, two.Result.Refusal);
    }

    [Fact]
    public async Task A_password_that_was_changed_in_between_is_not_good_any_more()
    {
        await using var server = await AccountsFixture.CreateAsync();
        var client = new ScramClient(User, AccountsFixture.MoiPassword);
        var sasl = SaslServer.Create("SCRAM-SHA-256", server.Logins, AccountsFixture.Client())!;
        await sasl.StartAsync(client.First, default);
        await server.Administration.SetPasswordAsync(User, "une-autre-phrase", default);
        Assert.Equal(SaslStep.Done, await sasl.NextAsync(client.Final(sasl.Challenge), default));
        Assert.Equal(LoginRefusal.BadCredentials, sasl.Result.Refusal);
    }

    [Theory] // RFC 4013: examples of its section 3, and what must not be in a password
    [InlineData("I\u00adX", "IX")]
    [InlineData("user", "user")]
    [InlineData("USER", "USER")]
    [InlineData("\u00aa", "a")]
    [InlineData("\u2168", "IX")]
    [InlineData("\u0007", null)]
    [InlineData("\u0627\u0031", null)]
    [InlineData("\u0627\u0628", "\u0627\u0628")]
    [InlineData("a\u00a0b", "a b")]
    [InlineData("\ue000", null)]
    [InlineData("\ufdd0", null)]
    [InlineData("\ud800", null)]
    [InlineData("", null)]
    public void Sasl_prep(string text, string? prepared) => Assert.Equal(prepared, SaslPrep.Prepare(text));
}
