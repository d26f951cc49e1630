using System.Text;
using Facteur.Storage;

namespace Facteur.Web.Transfer;

/// <summary>Names of mailboxes as paths of an archive, and back. Nothing of an archive is ever a path here: names are only looked at (S-22).</summary>
internal static class TransferNames
{
    private const int MaxLevel = 120;

    // Devices of Windows: a file of that name cannot be unpacked there.
    private static readonly HashSet<string> devices = new(
        ["CON", "PRN", "AUX", "NUL", .. Enumerable.Range(1, 9).Select(n => $"COM{n}"), .. Enumerable.Range(1, 9).Select(n => $"LPT{n}")], StringComparer.OrdinalIgnoreCase);

    /// <summary>The mailbox as a relative path that every system can unpack.</summary>
    public static string ToPath(string mailbox) => string.Join('/', mailbox.Split(MailboxName.Separator).Select(Level));

    /// <summary>The mailbox that an entry of an archive belongs to, below another one.</summary>
    /// <param name="entry">Path of the entry, as the archive says it.</param>
    public static string ToMailbox(string below, string entry, EntryKind kind)
    {
        var levels = entry.Split(['/', '\\']).ToList();
        var file = levels[^1];
        levels.RemoveAt(levels.Count - 1);
        if (kind == EntryKind.Mbox) levels.Add(Path.GetFileNameWithoutExtension(file));
        if (kind == EntryKind.Maildir) levels.RemoveAt(levels.Count - 1); // "cur" or "new"
        // Maildir++ writes a path as one folder: ".Work.2026".
        var names = levels.SelectMany(level => kind == EntryKind.Maildir && level.StartsWith('.') ? level.Split('.') : [level])
            .Select(level => level.Trim()).Where(level => level.Length > 0 && level is not ("." or "..")).Take(10).ToList();
        if (names is [var first, ..] && first.Equals(MailboxName.Inbox, StringComparison.OrdinalIgnoreCase)) names.RemoveAt(0);
        return MailboxName.TryNormalize(string.Join(MailboxName.Separator, [below, .. names]), out var normal) ? normal : below;
    }

    /// <summary>What an entry of an archive is by its name; null for what holds no mail.</summary>
    public static EntryKind? KindOf(string entry)
    {
        if (entry.EndsWith('/') || entry.EndsWith('\\')) return null;
        var levels = entry.Split(['/', '\\']);
        if (levels[^1].StartsWith("._", StringComparison.Ordinal) || levels.Contains("__MACOSX")) return null; // what a Mac adds
        return Path.GetExtension(entry).ToLowerInvariant() switch
        {
            ".eml" => EntryKind.Message,
            ".mbox" or ".mbx" => EntryKind.Mbox,
            _ => levels is [.., "cur" or "new", _] ? EntryKind.Maildir : levels[^1].Equals("mbox", StringComparison.OrdinalIgnoreCase) ? EntryKind.Mbox : null,
        };
    }

    private static string Level(string level)
    {
        var safe = new StringBuilder();
        foreach (var c in level.Length > MaxLevel ? level[..MaxLevel] : level) safe.Append(c < ' ' || char.IsSurrogate(c) || "<>:\"\\|?*/".Contains(c, StringComparison.Ordinal) ? '_' : c);
        var name = safe.ToString().Trim(' ', '.');
        return name.Length == 0 || devices.Contains(name.Split('.')[0]) ? "_" + name : name;
    }
}

internal enum EntryKind : byte { Message, Mbox, Maildir }
