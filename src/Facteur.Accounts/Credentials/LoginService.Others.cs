using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Facteur.Accounts.Policy;
using Facteur.Storage;

namespace Facteur.Accounts;

/// <summary>Logins by proof, certificate and token.</summary>
public sealed partial class LoginService
{
    /// <summary>Acts as the account that the client's certificate is bound to (SASL EXTERNAL, IMAP PREAUTH), or as a shared account of which that is a member.</summary>
    public ValueTask<LoginResult> LoginByCertificateAsync(LoginClient client, string authorizationId, CancellationToken cancel) =>
        DecideAsync(client, authorizationId, () => CheckCertificateAsync(client, authorizationId, cancel));

    /// <summary>By an access token: Bearer of HTTP, XOAUTH2, OAUTHBEARER.</summary>
    /// <param name="userName">Who the client says it is: the token's account, or a shared account of which that is a member; "" for the token's.</param>
    public ValueTask<LoginResult> LoginByTokenAsync(string token, string userName, LoginClient client, CancellationToken cancel) =>
        DecideAsync(client, userName, () => CheckTokenAsync(token, userName, client, cancel));

    /// <summary>What SCRAM asks a user to prove; the same each time, also for one that is not there.</summary>
    internal async ValueTask<ScramUser> FindScramUserAsync(string userName, string authorizationId, CancellationToken cancel)
    {
        var subject = await FindAsync(userName, authorizationId, cancel);
        var credentials = await directory.ListCredentialsAsync(subject.IdOrNone, cancel);
        var isElsewhere = ExternalPasswords is { } elsewhere && await elsewhere.IsResponsibleAsync(subject.User, subject.Account, cancel);
        var own = isElsewhere ? null : ScramSecrets.Find(credentials);
        var salt = own?.Salt ?? (subject.Account is { } account ? await scram.SaltAsync(account.Id, cancel) : await scram.SaltAsync(subject.User.Length > 0 ? subject.User : userName, cancel));
        var iterations = own?.Iterations ?? scram.Iterations;
        var verifiers = new List<(ScramVerifier, CredentialRecord)>();
        foreach (var credential in credentials)
        {
            if (credential.Kind == CredentialKinds.Password && own is not null) verifiers.Add((own, credential));
            if (credential.Kind != CredentialKinds.AppPassword) continue;
            foreach (var text in credential.Value.Split(' '))
                if (ScramVerifier.Parse(text) is { } verifier && verifier.Iterations == iterations && verifier.Salt.AsSpan().SequenceEqual(salt)) verifiers.Add((verifier, credential));
        }
        return new ScramUser(userName, authorizationId, subject, salt, iterations, verifiers);
    }

    /// <summary>A login by SCRAM; waits and counts as one by password does.</summary>
    /// <returns>The verdict, and the verifier that the proof fits.</returns>
    internal async ValueTask<(LoginResult Result, ScramVerifier? Verifier)> LoginByProofAsync(ScramUser user, Func<ScramVerifier, bool> fits, LoginClient client, CancellationToken cancel)
    {
        ScramVerifier? fitting = null;
        var result = await DecideAsync(client, user.UserName, () => InTurnAsync(
            user.Subject, client, wasRight: false, Random64(), null,
            async _ =>
            {
                // What was asked to prove must still be what counts.
                var subject = await FindAsync(user.UserName, user.AuthorizationId, cancel);
                CredentialRecord? credential = null;
                foreach (var (verifier, of) in user.Verifiers)
                    if (fits(verifier)) (fitting, credential) = (verifier, of);
                if (credential is null || subject.Account?.CredentialVersion != user.Subject.Account?.CredentialVersion) return Wrong(subject);
                return await AdmitAsync(subject, ProofOf(credential), client, cancel);
            },
            cancel));
        return (result, fitting);
    }

    private async ValueTask<Verdict> CheckCertificateAsync(LoginClient client, string authorizationId, CancellationToken cancel)
    {
        var epoch = watch.Epoch;
        if (client.CertificateHash is not { } hash || await directory.FindCredentialAsync(CredentialKinds.Certificate, hash, cancel) is not { } credential
            || await directory.GetAccountAsync(credential.Account, cancel) is not { Kind: not AccountKind.Shared } account) return Wrong(Subject.Nobody);
        if (!LoginName.TryParse(account.Address, authorizationId, out var name)) return Wrong(new Subject(account.Address, null, account, epoch));
        var proof = new LoginProof(new UsedCredential(CredentialKind.Certificate, credential.Id, credential.Label));
        return await AdmitAsync(new Subject(name.Person, name.Target, account, epoch), proof, client, cancel);
    }

    private async ValueTask<Verdict> CheckTokenAsync(string token, string userName, LoginClient client, CancellationToken cancel)
    {
        var epoch = watch.Epoch;
        if (Tokens is not { } tokens || await tokens.FindAsync(token, cancel) is not { } found || await directory.GetAccountAsync(found.Account, cancel) is not { } account)
        {
            // Nobody can try tokens out; it waits as a wrong password does, so that trying is not free either.
            return await InTurnAsync(Subject.Nobody, client, wasRight: false, KeyOf(token), null, _ => new ValueTask<Verdict>(Wrong(Subject.Nobody)), cancel);
        }
        var subject = new Subject(account.Address, null, account, epoch);
        if (userName.Length > 0)
        {
            if (!LoginName.TryParse(userName, "", out var name)) return Wrong(subject);
            // "member*shared" forms name both; an address alone is the account, or what it acts as.
            if (name.Target is not null && name.Person != account.Address) return Wrong(subject);
            subject = subject with { Target = name.Target ?? (name.Person == account.Address ? null : name.Person) };
        }
        var proof = new LoginProof(new UsedCredential(CredentialKind.AccessToken, null, found.Client));
        if (!found.Scope.Contains(client.Protocol))
            return new Verdict(await RefusedAsync(account, LoginRefusal.NotAllowed, new AccessRefusal(AccessCode.TokenOtherScope, client.Protocol.ToString()), cancel), account, proof);
        return await AdmitAsync(subject, proof, client, cancel);
    }

    private static ulong KeyOf(string token) => BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    // A proof is another each time: two of the same wrong password are not recognised.
    private static ulong Random64() => BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8));
}

/// <summary>What SCRAM asks a user to prove, and against what the proof is held.</summary>
/// <param name="Verifiers">Of the account's own password and those for apps; none for a user that is not there.</param>
internal sealed record ScramUser(
    string UserName, string AuthorizationId, LoginService.Subject Subject, byte[] Salt, int Iterations, IReadOnlyList<(ScramVerifier Verifier, CredentialRecord Credential)> Verifiers);
