using Facteur.Accounts.Policy;
using Facteur.Net;
using Facteur.Storage;

namespace Facteur.Accounts;

/// <summary>Before a credential is looked at: the line and the delays; after it was found right: the rules.</summary>
public sealed partial class LoginService
{
    /// <summary>Takes a try through the line: not at all from a blocked address, then one at a time, after the delay that failures cost.</summary>
    /// <param name="wasRight">The same password was right before.</param>
    /// <param name="tryKey">The same for the same user and password.</param>
    /// <param name="early">Asked when it is its turn, before the delay: an answer needs no more. Null: nothing.</param>
    /// <param name="check">Asked after it; told whether the client is known to the account.</param>
    private async ValueTask<Verdict> InTurnAsync(
        Subject subject, LoginClient client, bool wasRight, ulong tryKey, Func<ValueTask<Verdict?>>? early, Func<bool, ValueTask<Verdict>> check, CancellationToken cancel)
    {
        var prefix = client.Remote.OneHost();
        var isKnown = await known.ContainsAsync(subject.IdOrNone, prefix, cancel) || wasRight;
        if (!isKnown && Blocks.IsBlocked(prefix)) return new Verdict(new LoginResult(null, LoginRefusal.Busy, new AccessRefusal(AccessCode.AddressBlocked)));
        var place = new LinePlace(prefix, isKnown ? subject.User : null);
        if (!await line.EnterAsync(place, cancel)) return new Verdict(Refused(LoginRefusal.Busy));
        try
        {
            if (early is not null && await early() is { } answer) return answer;
            var delay = delays.For(prefix, subject.User, isKnown);
            if (delay > TimeSpan.Zero) await Task.Delay(delay, time, cancel);
            var verdict = await check(isKnown);
            if (verdict.Proof is not null) delays.Succeeded(prefix, subject.User);
            else
            {
                delays.Failed(prefix, subject.User, isKnown);
                if (!isKnown && Blocks.Failed(prefix, tryKey)) LogBlocked(prefix, options.BlockAfter, options.BlockFor.TotalMinutes);
            }
            return verdict;
        }
        finally
        {
            line.Leave(place);
        }
    }

    private static Verdict Wrong(Subject subject) => new(Refused(LoginRefusal.BadCredentials), subject.Account);

    /// <summary>The credential is right; what is left are the rules: of the credential, of its owner, of the shared account that is asked for.</summary>
    private async ValueTask<Verdict> AdmitAsync(Subject subject, LoginProof proof, LoginClient client, CancellationToken cancel)
    {
        var person = subject.Account!;
        if (!person.Enabled) return new Verdict(await RefusedAsync(person, LoginRefusal.Disabled, AccessRefusal.Of(LoginRefusal.Disabled), cancel), person, proof);
        if ((proof.Grant?.Refusal(client, time.GetUtcNow()) ?? await Policies.CheckAsync(person, client, proof.Credential, cancel)) is { } why)
            return new Verdict(await RefusedAsync(person, LoginRefusal.NotAllowed, why, cancel), person, proof);
        var locale = await settings.LocaleAsync(person, cancel);
        if (subject.Target is not { } target) return new Verdict(Let(person, null, subject, proof, client, locale), person, proof);

        // An account that is not there, or not shared with this one, is refused as a wrong password is: neither is told from the other.
        if (await directory.FindAccountAsync(target, cancel) is not { Kind: AccountKind.Shared } shared || await RightsAsync(person.Id, shared.Id, cancel) is not { } rights || !rights.HasFlag(ShareRightsText.NeededBy(client.Protocol)))
            return new Verdict(Refused(LoginRefusal.BadCredentials), person, proof);
        if (!shared.Enabled) return new Verdict(await RefusedAsync(person, LoginRefusal.Disabled, AccessRefusal.Of(LoginRefusal.Disabled), cancel), person, proof);
        if (await Policies.CheckSharedAsync(shared, person, client, proof.Credential, cancel) is { } against)
            return new Verdict(await RefusedAsync(person, LoginRefusal.NotAllowed, against, cancel), person, proof);
        return new Verdict(Let(shared, person.Id, subject, proof, client, locale, rights.HasFlag(ShareRights.Write)), person, proof);
    }

    private async ValueTask<ShareRights?> RightsAsync(AccountId member, AccountId shared, CancellationToken cancel)
    {
        foreach (var share in await directory.ListSharesOfAsync(member, cancel))
            if (share.Shared == shared) return share.Rights;
        return null;
    }

    private static LoginResult Let(AccountRecord account, AccountId? member, Subject subject, LoginProof proof, LoginClient client, string locale, bool mayWrite = true) => new(
        new Account(account.Id, account.Address, account.DisplayName) { Member = member, MayWrite = mayWrite, SecurityEpoch = subject.Epoch, Client = client, Credential = proof.Credential },
        LoginRefusal.None, null, locale);

    private async ValueTask<LoginResult> RefusedAsync(AccountRecord person, LoginRefusal refusal, AccessRefusal why, CancellationToken cancel) =>
        new(null, refusal, why, await settings.LocaleAsync(person, cancel));
}
