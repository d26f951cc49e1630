using System.Collections.Concurrent;
using Facteur.Accounts.Contacts;
using Facteur.Storage;

namespace Facteur.Web.Transfer;

/// <summary>What became of the last file of contacts of each account, for the page to say; forgotten with the process, and when there are too many.</summary>
internal sealed class ContactImports
{
    private const int MaxKept = 1_000;

    private readonly ConcurrentDictionary<AccountId, ContactImport> last = new();

    public ContactImport? Find(AccountId account) => last.GetValueOrDefault(account);

    public void Keep(AccountId account, ContactImport import)
    {
        if (last.Count >= MaxKept) last.Clear();
        last[account] = import;
    }

    public void Forget(AccountId account) => last.TryRemove(account, out _);
}
