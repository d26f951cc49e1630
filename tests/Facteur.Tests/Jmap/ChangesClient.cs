using System.Text.Json;
using Facteur.Jmap;
using Facteur.Storage;

namespace Facteur.Tests.Jmap;

/// <summary>A client that keeps the objects of one type by /changes alone.</summary>
internal sealed class ChangesClient(JmapHarness jmap, string type, int? maxChanges)
{
    private readonly Dictionary<string, string> known = [];
    private readonly HashSet<string> told = [];
    private string state = "";

    public async Task LoadAsync()
    {
        var got = await GetAsync();
        state = got.State;
        foreach (var (id, value) in got.Objects) known[id] = value;
    }

    /// <summary>One part; answers whether there is more.</summary>
    public async Task<bool> StepAsync()
    {
        var answer = await jmap.CallAsync($"{type}/changes", $$"""{"sinceState": "{{state}}" {{(maxChanges is { } max ? $", \"maxChanges\": {max}" : "")}} }""");
        var (created, updated, destroyed) = (List(answer, "created"), List(answer, "updated"), List(answer, "destroyed"));
        Assert.True(created.Count + updated.Count + destroyed.Count <= (maxChanges ?? int.MaxValue));
        Assert.Equal(created.Count + updated.Count + destroyed.Count, created.Union(updated).Union(destroyed).Count());
        // RFC 8620 §5.2: never created after a response that deemed it updated or destroyed; here, for what is taken in parts from one state.
        Assert.Empty(created.Intersect(told));
        told.UnionWith(updated);
        told.UnionWith(destroyed);
        var objects = (await GetAsync()).Objects;
        // A thread of emails that were out of sight (\Deleted) is heard of as updated.
        foreach (var id in updated.Where(_ => type != "Thread")) Assert.True(known.ContainsKey(id), $"{type} {id} is updated before it is created");
        foreach (var id in created.Concat(updated)) known[id] = objects.GetValueOrDefault(id, "gone");
        foreach (var id in destroyed) known.Remove(id);
        state = answer.GetProperty("newState").GetString()!;
        var more = answer.GetProperty("hasMoreChanges").GetBoolean();
        if (!more || !state.Contains('-', StringComparison.Ordinal)) told.Clear();
        return more;
    }

    /// <summary>Takes all there is and compares.</summary>
    public async Task CatchUpAsync()
    {
        for (var i = 0; await StepAsync(); i++) Assert.True(i < 10_000);
        var (now, objects) = await GetAsync();
        Assert.Equal(now, state);
        foreach (var (id, value) in objects) Assert.True(known.GetValueOrDefault(id) == value, $"{value} is known as {known.GetValueOrDefault(id)}");
        Assert.Empty(known.Keys.Except(objects.Keys));
    }

    private static List<string> List(JsonElement answer, string name) => [.. answer.GetProperty(name).Strings().Select(id => id!)];

    private async Task<(string State, Dictionary<string, string> Objects)> GetAsync()
    {
        if (type == "Thread")
        {
            var snapshot = await jmap.Store.Emails.LookAsync(jmap.Ada.Id, default);
            var threads = new Dictionary<string, string>();
            for (var i = 0; i < snapshot.ChunkCount; i++)
                foreach (var row in snapshot.Chunk(i).ToArray())
                    threads[JmapIds.Of(row.Thread)] = string.Join(' ', snapshot.Thread(row.Thread).Select(one => one.Id.Value));
            return (new JmapState(snapshot.ModSeq).ToString(), threads);
        }
        var answer = await jmap.CallAsync($"{type}/get", type == "Email" ? """{"properties": ["keywords", "mailboxIds"]}""" : "{}");
        return (answer.GetProperty("state").GetString()!, answer.GetProperty("list").EnumerateArray().ToDictionary(one => one.GetProperty("id").GetString()!, one => one.ToString()));
    }
}

/// <summary>Changes an account at random through the store's verbs, as IMAP, delivery and JMAP do.</summary>
internal sealed class RandomChanger(JmapHarness jmap, Random random)
{
    private int number;

    public async Task ChangeAsync()
    {
        var mailboxes = (await jmap.Store.ListMailboxesAsync(jmap.Ada.Id, default)).Where(one => one.Selectable).ToList();
        var (one, other) = (mailboxes[random.Next(mailboxes.Count)], mailboxes[random.Next(mailboxes.Count)]);
        var uid = (uint)random.Next(1, (int)one.UidNext + 1);
        var range = new[] { new UidRange(uid, uid + (uint)random.Next(2)) };
        switch (random.Next(12))
        {
            case < 3:
                await jmap.DeliverAsync($"Message-ID: <{++number}@x>\nIn-Reply-To: <{random.Next(1, number + 3)}@x>\nSubject: {number}\n\nx\n", one.Name);
                break;
            case 3 or 4:
                await jmap.Store.StoreFlagsAsync(one.Id, range, random.Next(2) == 0 ? FlagChange.Add : FlagChange.Remove, new FlagSet(MessageFlags.Seen, ["k" + random.Next(3)]), null, default);
                break;
            case 5 or 6:
                await jmap.Store.StoreFlagsAsync(one.Id, range, random.Next(2) == 0 ? FlagChange.Add : FlagChange.Remove, new FlagSet(MessageFlags.Deleted, []), null, default);
                break;
            case 7:
                await jmap.Store.ExpungeAsync(one.Id, range, onlyDeleted: random.Next(2) == 0, default);
                break;
            case 8:
                if (one.Id != other.Id) await jmap.Store.MoveAsync(one.Id, range, other.Id, default);
                break;
            case 9:
                if (one.Id != other.Id) await jmap.Store.CopyAsync(one.Id, range, other.Id, default);
                break;
            case 10:
                await jmap.Store.CreateMailboxAsync(jmap.Ada.Id, $"M{++number}", MailboxRole.None, default);
                break;
            default:
                if (one.Name.StartsWith('M') && random.Next(3) == 0) await jmap.Store.DeleteMailboxAsync(one.Id, default);
                else if (one.Name.StartsWith('M')) await jmap.Store.RenameMailboxAsync(jmap.Ada.Id, one.Name, $"M{++number}", default);
                break;
        }
    }
}
