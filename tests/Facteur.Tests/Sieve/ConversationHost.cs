using System.Text;
using Facteur.Sieve;

namespace Facteur.Tests.Sieve;

/// <summary>An account as a conversation describes it: "mailbox NAME ID USES…", "list URI MEMBERS…", "seen HANDLE ID".</summary>
internal sealed class ConversationHost : SieveHost
{
    private readonly List<SieveMailbox> mailboxes = [new("INBOX", "F0", [])];
    private readonly Dictionary<string, string[]> lists = new(StringComparer.Ordinal);
    private readonly HashSet<(string?, string)> seen = [];
    private readonly IReadOnlyDictionary<string, string> scripts;

    public ConversationHost(IReadOnlyList<string> circumstances, IReadOnlyDictionary<string, string> scripts)
    {
        this.scripts = scripts;
        foreach (var words in circumstances.Select(line => line.Split(' ')))
        {
            if (words[0] == "mailbox") mailboxes.Add(new SieveMailbox(words[1].Replace('_', ' '), words[2], words[3..]));
            if (words[0] == "list") lists.Add(words[1], words[2..]);
            if (words[0] == "seen") seen.Add((words[1] == "-" ? null : words[1], string.Join(' ', words[2..])));
        }
    }

    public override ValueTask<SieveMailbox?> FindMailboxAsync(string name, CancellationToken cancel) => new(mailboxes.Find(m => m.Name == name));

    public override ValueTask<SieveMailbox?> FindMailboxByIdAsync(string id, CancellationToken cancel) => new(mailboxes.Find(m => m.Id == id));

    public override ValueTask<IReadOnlyList<SieveMailbox>> FindSpecialUseAsync(string attribute, CancellationToken cancel) =>
        new(mailboxes.Where(m => m.SpecialUses.Contains(attribute, StringComparer.OrdinalIgnoreCase)).ToList());

    public override ValueTask<SieveCompilation?> LoadScriptAsync(SieveScriptLocation location, string name, CancellationToken cancel) =>
        new(scripts.TryGetValue($"{(location == SieveScriptLocation.Global ? "global" : "personal")} {name}", out var text) ? SieveScript.Compile(Encoding.UTF8.GetBytes(text), SieveLimits.Default) : null);

    public override ValueTask<bool> HasListAsync(string list, CancellationToken cancel) => new(lists.ContainsKey(list));

    public override ValueTask<string?> FindInListAsync(string list, string value, CancellationToken cancel) =>
        new(Array.Find(lists[list], member => member.Equals(value, StringComparison.OrdinalIgnoreCase)));

    public override ValueTask<IReadOnlyList<string>?> ReadListAsync(string list, int max, CancellationToken cancel) => new(lists[list].Take(max).ToList());

    public override ValueTask<bool> WasSeenAsync(string? handle, string uniqueId, CancellationToken cancel) => new(seen.Contains((handle, uniqueId)));
}
