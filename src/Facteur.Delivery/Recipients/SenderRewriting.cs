using System.Security.Cryptography;
using System.Text;
using Facteur.Accounts;
using Facteur.Mail;
using Facteur.Storage;

namespace Facteur.Delivery.Recipients;

/// <summary>
/// Sender Rewriting Scheme: a message that is forwarded leaves with an envelope sender of our own domain, so that SPF at its target looks at
/// us, and reports about it come back here and go on to who sent it. SRS0=hash=day=domain=local@ours; of an address that another forwarder
/// rewrote before, SRS1=hash=first-forwarder==…@ours. The hash and the day keep others from using us as a relay.
/// </summary>
/// <remarks>Addresses whose rewritten local part would pass 64 octets (RFC 5321 §4.5.3.1.1) are kept in learnt state under a short name.</remarks>
public sealed class SenderRewriting(SiteSecrets secrets, StateStore state, TimeProvider time)
{
    private const int HashCharacters = 6;
    private const int MaxAgeDays = 21; // longer than any queue tries
    private const int MaxLocalOctets = 64;
    private const string Space = "srs";

    /// <summary>The envelope sender a message of <paramref name="sender"/> is forwarded with.</summary>
    /// <param name="sender">Reverse-path; not empty.</param>
    /// <param name="ours">Our domain that forwards, A-labels.</param>
    public async ValueTask<string> RewriteAsync(MailAddress sender, string ours, CancellationToken cancel)
    {
        var key = await secrets.GetAsync("srs", cancel);
        // What is no host name (an address literal) is of no use to who gets the report, and is carried all the same.
        var domain = DomainName.Normalize(sender.Domain) ?? sender.Domain;
        var local = Compact(key, sender.LocalPart, domain);
        if (Encoding.UTF8.GetByteCount(local) > MaxLocalOctets) local = await RememberAsync(key, $"{sender.LocalPart}@{domain}", cancel);
        return MailAddress.TryCreate(local, ours, out var rewritten) ? rewritten.ToString() : $"{MailAddress.QuoteLocalPart(local)}@{ours}";
    }

    /// <summary>True for a local part in the form of the scheme, whether it is good or not.</summary>
    public static bool IsRewritten(string localPart) =>
        localPart.Length > 5 && localPart.StartsWith("SRS", StringComparison.OrdinalIgnoreCase) && localPart[3] is '0' or '1' && localPart[4] is '=' or '+' or '-';

    /// <summary>Who was rewritten; null when we did not do it, or too long ago.</summary>
    public async ValueTask<MailAddress?> ReverseAsync(string localPart, CancellationToken cancel)
    {
        if (!IsRewritten(localPart) || localPart.Length > MaxLocalOctets * 2) return null;
        var key = await secrets.GetAsync("srs", cancel);
        return localPart[3] == '0' ? await ReverseFirstAsync(key, localPart[5..], cancel) : ReverseSecond(key, localPart[5..]);
    }

    private string Compact(byte[] key, string local, string domain)
    {
        if (IsRewritten(local) && local[3] == '1' && local[5..].Split('=', 3) is [_, var first, var rest]) return Second(key, first, rest);
        if (IsRewritten(local) && local[3] == '0') return Second(key, domain, local[4..]);
        return First(key, domain, local);
    }

    private string First(byte[] key, string domain, string local)
    {
        var rest = $"{Tokens.Pair(Today())}={domain}={local}";
        return $"SRS0={Tokens.Mac(key, "srs0", rest, HashCharacters)}={rest}";
    }

    private static string Second(byte[] key, string firstForwarder, string rest)
    {
        var signed = $"{firstForwarder}={rest}";
        return $"SRS1={Tokens.Mac(key, "srs1", signed, HashCharacters)}={signed}";
    }

    private async ValueTask<MailAddress?> ReverseFirstAsync(byte[] key, string text, CancellationToken cancel)
    {
        if (text.Split('=', 2) is not [var hash, var rest] || !Tokens.AreEqual(hash, Tokens.Mac(key, "srs0", rest, HashCharacters))) return null;
        if (rest.Split('=', 3) is not [var day, var domain, var local] || !IsRecent(Tokens.Pair(day))) return null;
        return domain.Length > 0 ? Address($"{local}@{domain}") : await RecallAsync(local, cancel);
    }

    private static MailAddress? ReverseSecond(byte[] key, string text)
    {
        if (text.Split('=', 2) is not [var hash, var signed] || !Tokens.AreEqual(hash, Tokens.Mac(key, "srs1", signed, HashCharacters))) return null;
        return signed.Split('=', 2) is [var firstForwarder, var rest] ? Address($"SRS0{rest}@{firstForwarder}") : null;
    }

    private async ValueTask<string> RememberAsync(byte[] key, string sender, CancellationToken cancel)
    {
        var name = Tokens.Base32(SHA256.HashData(Encoding.UTF8.GetBytes(sender)), 20);
        var expires = time.GetUtcNow() + TimeSpan.FromDays(MaxAgeDays + 1);
        await state.SetAsync(Space, [new StateEntry(name, Value: Encoding.UTF8.GetBytes(sender), Expires: expires)], cancel);
        return First(key, "", name);
    }

    private async ValueTask<MailAddress?> RecallAsync(string name, CancellationToken cancel) =>
        await state.GetAsync(Space, name.ToUpperInvariant(), cancel) is { Value: { } kept } ? Address(Encoding.UTF8.GetString(kept)) : null;

    private static MailAddress? Address(string unquoted)
    {
        var at = unquoted.LastIndexOf('@');
        return at > 0 && MailAddress.TryCreate(unquoted[..at], unquoted[(at + 1)..], out var address) ? address : null;
    }

    private int Today() => (int)(time.GetUtcNow().ToUnixTimeSeconds() / 86_400 % 1_024);

    // A day ahead is the clock of a machine beside this one.
    private bool IsRecent(int day) => day >= 0 && (Today() - day + 1_025) % 1_024 <= MaxAgeDays + 1;
}
