using System.Globalization;
using Facteur.Sieve;
using Facteur.Storage;

namespace Facteur.Delivery.Sieve;

/// <summary>Finds the mailboxes that scripts name, and makes those they may make.</summary>
internal sealed class ScriptMailboxes(MailStore store)
{
    /// <summary>Attributes of RFC 6154 §2, and \Important, with their backslash.</summary>
    private static readonly (string Attribute, MailboxRole Role)[] uses =
    [
        ("\\All", MailboxRole.All), ("\\Archive", MailboxRole.Archive), ("\\Drafts", MailboxRole.Drafts), ("\\Flagged", MailboxRole.Flagged),
        ("\\Junk", MailboxRole.Junk), ("\\Sent", MailboxRole.Sent), ("\\Trash", MailboxRole.Trash), ("\\Important", MailboxRole.Important),
    ];

    public static MailboxRole? RoleOf(string attribute)
    {
        foreach (var use in uses)
            if (use.Attribute.Equals(attribute, StringComparison.OrdinalIgnoreCase)) return use.Role;
        return null;
    }

    public static string? AttributeOf(MailboxRole role)
    {
        foreach (var use in uses)
            if (use.Role == role) return use.Attribute;
        return null;
    }

    /// <summary>A MAILBOXID as IMAP writes it (RFC 8474 §4), or the id that JMAP has for the same mailbox.</summary>
    public static MailboxId? ReadId(string id) =>
        id.Length > 1 && id[0] is 'F' or 'm' && long.TryParse(id.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? new MailboxId(value) : null;

    /// <summary>As rules have it, whose clients speak JMAP.</summary>
    public static string JmapIdOf(MailboxId id) => string.Create(CultureInfo.InvariantCulture, $"m{id.Value}");

    /// <summary>The mailbox to file into; null when there is none, and none may be made or can be.</summary>
    public async ValueTask<Mailbox?> FindAsync(AccountId account, SieveTarget target, CancellationToken cancel)
    {
        if (!MailboxName.TryNormalize(target.Mailbox, out var name)) return null;
        if (await store.FindMailboxAsync(account, name, cancel) is { } found) return found.Selectable ? found : null;
        return target.MayCreate ? await MakeAsync(account, name, target.SpecialUse is { } use ? RoleOf(use) ?? MailboxRole.None : MailboxRole.None, cancel) : null;
    }

    private async ValueTask<Mailbox?> MakeAsync(AccountId account, string name, MailboxRole role, CancellationToken cancel)
    {
        try
        {
            var made = await store.CreateMailboxAsync(account, name, role, cancel); // with its use: RFC 8579 §4.1
            await store.SetSubscribedAsync(account, made.Name, true, cancel); // RFC 5490 §3.2
            return made;
        }
        catch (StoreRefusedException) when (role != MailboxRole.None)
        {
            return await MakeAsync(account, name, MailboxRole.None, cancel); // another has that use
        }
        catch (StoreRefusedException e) when (e.Reason == StoreRefusal.AlreadyExists)
        {
            return await store.FindMailboxAsync(account, name, cancel); // made meanwhile
        }
        catch (StoreRefusedException e) when (e.Reason is StoreRefusal.BadName or StoreRefusal.NotPossible or StoreRefusal.TooManyMailboxes)
        {
            return null;
        }
    }

    /// <summary>Flags by name as the store takes them.</summary>
    public static FlagSet Flags(IReadOnlyList<string> names)
    {
        if (names.Count == 0) return FlagSet.Empty;
        var (system, keywords) = (MessageFlags.None, new List<string>());
        foreach (var name in names)
            if (MessageFlags.System.FirstOrDefault(one => one.Name == name) is { Name: not null } known) system |= known.Flag;
            else keywords.Add(name);
        return new FlagSet(system, keywords);
    }
}
