using System.Text;
using Facteur.Storage;

namespace Facteur.Accounts;

public enum RecipientKind
{
    /// <summary>Delivered to <see cref="RecipientResolution.Account"/>.</summary>
    Local,
    /// <summary>A domain of ours, and no such address.</summary>
    UnknownUser,
    /// <summary>A domain of ours that is switched off, or a disabled account: temporary.</summary>
    Unavailable,
    /// <summary>Not a domain of ours.</summary>
    Foreign,
}

/// <param name="Detail">Sub-address after "+" (RFC 5233), or null.</param>
public readonly record struct RecipientResolution(RecipientKind Kind, AccountRecord? Account, string? Detail);

/// <summary>Says where an envelope recipient leads: exact address first, then without its "+detail". Domains in any case, U- or A-labels.</summary>
public sealed class RecipientDirectory(DirectoryStore directory)
{
    /// <param name="localPart">Unquoted local part.</param>
    /// <param name="domain">Domain; an address literal is never ours.</param>
    public async ValueTask<RecipientResolution> ResolveAsync(string localPart, string domain, CancellationToken cancel)
    {
        if (DomainName.Normalize(domain) is not { } ascii || await directory.FindDomainAsync(ascii, cancel) is not { } ours)
            return new(RecipientKind.Foreign, null, null);
        if (EmailAddress.NormalizeLocalPart(localPart) is not { } local) return new(RecipientKind.UnknownUser, null, null);
        if (!ours.Enabled) return new(RecipientKind.Unavailable, null, null);
        var (account, detail) = await FindAsync(local, ascii, localPart, cancel);
        if (account is null) return new(RecipientKind.UnknownUser, null, null);
        return new(account.Enabled ? RecipientKind.Local : RecipientKind.Unavailable, account, detail);
    }

    /// <summary>True when <paramref name="account"/> may send as this address (S-20): one of its addresses or a sub-address of one.</summary>
    public async ValueTask<bool> MaySendAsAsync(AccountId account, string address, CancellationToken cancel)
    {
        if (!EmailAddress.TryParse(address, out var parsed)) return false;
        var (owner, _) = await FindAsync(parsed.LocalPart, parsed.Domain, parsed.LocalPart, cancel);
        return owner?.Id == account;
    }

    /// <param name="written">The local part as it came, whose case the detail keeps (a filter may compare it).</param>
    private async ValueTask<(AccountRecord? Account, string? Detail)> FindAsync(string local, string domain, string written, CancellationToken cancel)
    {
        if (await directory.FindByAddressAsync($"{local}@{domain}", cancel) is { } exact) return (exact, null);
        var plus = local.IndexOf('+', StringComparison.Ordinal);
        if (plus <= 0) return (null, null);
        var account = await directory.FindByAddressAsync($"{local[..plus]}@{domain}", cancel);
        var detail = written.Normalize(NormalizationForm.FormC);
        return (account, detail[(detail.IndexOf('+', StringComparison.Ordinal) + 1)..]);
    }
}
