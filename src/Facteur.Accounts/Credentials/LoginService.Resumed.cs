using Facteur.Accounts.Policy;
using Facteur.Storage;

namespace Facteur.Accounts;

/// <summary>Who was let in before, and goes on: no credential is looked at, only the rules.</summary>
public sealed partial class LoginService
{
    /// <summary>
    /// The session of a browser is used for something else than a page: the account as sessions see it, when the rules still let it in. Leaves
    /// nothing in the history, where the sign-in is.
    /// </summary>
    /// <param name="credential">What the sign-in was made with.</param>
    public async ValueTask<LoginResult> ResumeAsync(AccountId account, LoginClient client, UsedCredential credential, CancellationToken cancel)
    {
        var epoch = watch.Epoch; // read before the record, so that Watch sees a change that came after it
        if (await directory.GetAccountAsync(account, cancel) is not { } person) return Refused(LoginRefusal.BadCredentials);
        if (!person.Enabled) return await RefusedAsync(person, LoginRefusal.Disabled, AccessRefusal.Of(LoginRefusal.Disabled), cancel);
        if (await Policies.CheckAsync(person, client, credential, cancel) is { } why) return await RefusedAsync(person, LoginRefusal.NotAllowed, why, cancel);
        return Let(person, null, new Subject(person.Address, null, person, epoch), new LoginProof(credential), client, await settings.LocaleAsync(person, cancel));
    }

    /// <summary>Whether the rules of a shared account let in a member that is logged in to its own; its rights there are another question.</summary>
    public async ValueTask<bool> LetsInMemberAsync(AccountRecord shared, Account member, CancellationToken cancel)
    {
        if (member is not { Client: { } client, Credential: { } credential }) return true;
        return await directory.GetAccountAsync(member.Id, cancel) is { } person && await Policies.CheckSharedAsync(shared, person, client, credential, cancel) is null;
    }
}
