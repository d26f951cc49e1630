using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Facteur.Storage;

namespace Facteur.Accounts;

/// <summary>A secret to be put into an authenticator program.</summary>
/// <param name="Secret">Base32, to be typed.</param>
/// <param name="Uri">otpauth://…, to be shown as a QR code.</param>
public sealed record TotpEnrolment(string Secret, string Uri);

public enum SecondFactorResult
{
    Accepted,
    /// <summary>Wrong, or used before.</summary>
    Wrong,
    /// <summary>Too many wrong ones: none is looked at before <see cref="TotpService.Pause"/> has passed.</summary>
    TooMany,
}

/// <summary>
/// The second factor: codes of an authenticator program (RFC 6238) and ten recovery codes. A code is accepted once: the last accepted
/// step is stored with the secret by compare-and-swap, so that of two who bring the same code at once one is let in.
/// </summary>
/// <remarks>
/// The secret is stored as it is: the server has to compute codes with it, so a key to decrypt it would lie beside it and
/// keep out nobody who can read the store. Recovery codes are hashed; they have 80 bits, so a fast hash will do.
/// </remarks>
public sealed class TotpService(DirectoryStore directory, TimeProvider time)
{
    public const int RecoveryCodes = 10;

    /// <summary>After <see cref="FreeFailures"/> wrong codes in a row, so long after the last one: 10^6 codes take centuries.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    private const int FreeFailures = 5, MaxCounted = 10_000, RecoveryOctets = 10;
    private const string Pending = "pending:";

    private readonly ConcurrentDictionary<AccountId, (int Count, DateTimeOffset Last)> failures = new();

    /// <summary>Makes a secret; it counts once <see cref="ConfirmAsync"/> has seen a code of it.</summary>
    /// <param name="issuer">Whose account it is, as the program shows it: the site's name.</param>
    public async ValueTask<TotpEnrolment> EnrolAsync(AccountRecord account, string issuer, CancellationToken cancel)
    {
        foreach (var former in await OfKindAsync(account.Id, CredentialKinds.Totp, cancel))
        {
            if (!former.Value.StartsWith(Pending, StringComparison.Ordinal)) throw new AccountRuleException("A second factor is there already; remove it first.");
            await directory.RemoveCredentialAsync(former, cancel);
        }
        var secret = Totp.ToBase32(RandomNumberGenerator.GetBytes(Totp.SecretOctets));
        await directory.AddCredentialAsync(new CredentialRecord(0, account.Id, CredentialKinds.Totp, Pending + secret, default), cancel);
        var (name, site) = (Uri.EscapeDataString(account.Address), Uri.EscapeDataString(issuer));
        return new TotpEnrolment(secret, string.Create(CultureInfo.InvariantCulture,
            $"otpauth://totp/{site}:{name}?secret={secret}&issuer={site}&algorithm=SHA1&digits={Totp.Digits}&period={Totp.StepSeconds}"));
    }

    /// <summary>Switches it on by the first code; answers the recovery codes, seen this one time. Null when the code is wrong or nothing was enrolled.</summary>
    public async ValueTask<IReadOnlyList<string>?> ConfirmAsync(AccountRecord account, string code, CancellationToken cancel)
    {
        foreach (var credential in await OfKindAsync(account.Id, CredentialKinds.Totp, cancel))
        {
            if (!credential.Value.StartsWith(Pending, StringComparison.Ordinal)) continue;
            var text = credential.Value[Pending.Length..];
            if (Totp.FromBase32(text) is not { } secret || Totp.Find(secret, Digits(code), time.GetUtcNow()) is not { } step) continue;
            if (await directory.ReplaceHashAsync(credential, ValueOf(step, text), cancel)) return await NewRecoveryCodesAsync(account, cancel);
        }
        return null;
    }

    /// <summary>The account wants a second factor.</summary>
    public async ValueTask<bool> HasSecondFactorAsync(AccountId account, CancellationToken cancel) =>
        (await OfKindAsync(account, CredentialKinds.Totp, cancel)).Any(credential => !credential.Value.StartsWith(Pending, StringComparison.Ordinal));

    /// <summary>A code of the program, or a recovery code, which is then used up.</summary>
    public async ValueTask<SecondFactorResult> VerifyAsync(AccountId account, string code, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        if (failures.Count >= MaxCounted) Forget(now);
        // Counted before it is looked at, so that a thousand at once are not a thousand free tries.
        var counted = failures.AddOrUpdate(account, (1, now), (_, before) =>
            now - before.Last >= Pause ? (1, now) : before.Count > FreeFailures ? before : (before.Count + 1, now));
        if (counted.Count > FreeFailures) return SecondFactorResult.TooMany;
        if (!await IsCodeAsync(account, Digits(code), now, cancel) && !await IsRecoveryAsync(account, code, cancel)) return SecondFactorResult.Wrong;
        failures.TryRemove(account, out _);
        return SecondFactorResult.Accepted;
    }

    /// <summary>Switches it off, with its recovery codes. False when there was none.</summary>
    public async ValueTask<bool> RemoveAsync(AccountId account, CancellationToken cancel)
    {
        var removed = false;
        foreach (var credential in await directory.ListCredentialsAsync(account, cancel))
            if (credential.Kind is CredentialKinds.Totp or CredentialKinds.Recovery) removed |= await directory.RemoveCredentialAsync(credential, cancel);
        return removed;
    }

    /// <summary>Recovery codes that are still good.</summary>
    public async ValueTask<int> RecoveryCodesLeftAsync(AccountId account, CancellationToken cancel) =>
        (await OfKindAsync(account, CredentialKinds.Recovery, cancel)).Sum(credential => HashesOf(credential).Count);

    /// <summary>Ten in place of those there were; seen this one time.</summary>
    public async ValueTask<IReadOnlyList<string>> NewRecoveryCodesAsync(AccountRecord account, CancellationToken cancel)
    {
        foreach (var former in await OfKindAsync(account.Id, CredentialKinds.Recovery, cancel)) await directory.RemoveCredentialAsync(former, cancel);
        var codes = Enumerable.Range(0, RecoveryCodes).Select(_ => RecoveryText(RandomNumberGenerator.GetBytes(RecoveryOctets))).ToList();
        await directory.AddCredentialAsync(new CredentialRecord(0, account.Id, CredentialKinds.Recovery, Json([.. codes.Select(HashOf)]), default), cancel);
        return codes;
    }

    private async ValueTask<bool> IsCodeAsync(AccountId account, string code, DateTimeOffset now, CancellationToken cancel)
    {
        foreach (var credential in await OfKindAsync(account, CredentialKinds.Totp, cancel))
        {
            if (credential.Value.Split(':') is not [var last, var text] || !long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var accepted)) continue;
            // RFC 6238 §5.2: a code is not accepted a second time; nor is one from before it.
            if (Totp.FromBase32(text) is { } secret && Totp.Find(secret, code, now) is { } step && step > accepted
                && await directory.ReplaceHashAsync(credential, ValueOf(step, text), cancel)) return true;
        }
        return false;
    }

    private async ValueTask<bool> IsRecoveryAsync(AccountId account, string code, CancellationToken cancel)
    {
        var hash = HashOf(code);
        // Another code may be used up meanwhile: then the row is read again, ten times at most for ten codes.
        for (var attempt = 0; attempt <= RecoveryCodes; attempt++)
        {
            CredentialRecord? holder = null;
            foreach (var credential in await OfKindAsync(account, CredentialKinds.Recovery, cancel))
                if (HashesOf(credential).Contains(hash)) holder = credential;
            if (holder is null) return false;
            if (await directory.ReplaceHashAsync(holder, Json([.. HashesOf(holder).Where(one => one != hash)]), cancel)) return true;
        }
        return false;
    }

    private async ValueTask<IEnumerable<CredentialRecord>> OfKindAsync(AccountId account, string kind, CancellationToken cancel) =>
        (await directory.ListCredentialsAsync(account, cancel)).Where(credential => credential.Kind == kind);

    private void Forget(DateTimeOffset now)
    {
        foreach (var (account, failed) in failures)
            if (now - failed.Last >= Pause) failures.TryRemove(account, out _);
    }

    private static string ValueOf(long step, string secret) => string.Create(CultureInfo.InvariantCulture, $"{step}:{secret}");

    /// <summary>Programs show "123 456".</summary>
    private static string Digits(string code) => string.Concat(code.Where(c => !char.IsWhiteSpace(c)));

    private static string RecoveryText(byte[] octets) => string.Join('-', Totp.ToBase32(octets).ToLowerInvariant().Chunk(4).Select(group => new string(group)));

    private static string HashOf(string code) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(code.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant())));

    private static string Json(IReadOnlyList<string> hashes) => JsonSerializer.Serialize(hashes, CredentialJson.Default.IReadOnlyListString);

    private static IReadOnlyList<string> HashesOf(CredentialRecord credential)
    {
        try
        {
            return JsonSerializer.Deserialize(credential.Value, CredentialJson.Default.IReadOnlyListString) ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
