using System.Collections.Concurrent;
using Facteur.Storage;

namespace Facteur.Sieve.Scripts;

/// <summary>
/// The scripts that accounts keep, and those of the site. One object for the whole process: what is read is remembered until it changes, so
/// that mail for who has no script costs a look into a table, and a script is compiled once.
/// </summary>
/// <remarks>Each change is one commit of the list that names the scripts: a reader sees the scripts before it or after it. Owners are accounts and the site.</remarks>
public sealed class SieveScripts : IDisposable
{
    // Owners remembered; most have nothing and share one object.
    private const int MaxRemembered = 100_000;

    private readonly SettingsStore settings;
    private readonly ScriptDocuments documents;
    private readonly SieveScriptCache compiled;
    private readonly ConcurrentDictionary<SettingScope, Known> known = new();
    private readonly SemaphoreSlim[] gates = [.. Enumerable.Range(0, 32).Select(_ => new SemaphoreSlim(1))];
    private int version;

    /// <param name="language">What scripts may cost.</param>
    public SieveScripts(SettingsStore settings, SieveLimits? language = null, ScriptLimits? limits = null)
    {
        this.settings = settings;
        Limits = limits ?? ScriptLimits.Default;
        Language = (language ?? SieveLimits.Default) with { MaxScriptOctets = Limits.MaxScriptOctets };
        documents = new ScriptDocuments(settings);
        compiled = new SieveScriptCache(Language);
        settings.Changed += Forget;
    }

    public ScriptLimits Limits { get; }

    /// <summary>What a script may cost to compile and to run.</summary>
    public SieveLimits Language { get; }

    /// <summary>What makes scripts of settings; null where nothing does. Set once, before anybody looks.</summary>
    public IMadeScripts? Made { get; set; }

    /// <summary>Raised after a change of somebody's scripts, by whatever way it came.</summary>
    public event Action<SettingScope>? Changed;

    public ValueTask<ScriptFolder> ListAsync(SettingScope owner, CancellationToken cancel) =>
        known.TryGetValue(owner, out var found) ? new(found.Folder) : LookAsync(owner, cancel);

    /// <summary>What a script says; null when it was changed or removed meanwhile.</summary>
    public ValueTask<ReadOnlyMemory<byte>?> ReadAsync(SettingScope owner, StoredScript script, CancellationToken cancel) => documents.ReadAsync(owner, script, cancel);

    /// <summary>The script to run, or its errors: what was right may need what a newer version of this server has not. Null when it is gone.</summary>
    public async ValueTask<SieveCompilation?> CompileAsync(SettingScope owner, StoredScript script, CancellationToken cancel)
    {
        if (known.TryGetValue(owner, out var found) && found.Compiled(script.Content) is { } remembered) return remembered;
        if (await documents.ReadAsync(owner, script, cancel) is not { } octets) return null;
        var compilation = compiled.Get(octets.Span);
        if (found?.Folder.Active?.Content == script.Content) found.Remember(compilation);
        return compilation;
    }

    /// <summary>Whether <see cref="PutAsync"/> would take a script of that name and size (HAVESPACE, RFC 5804 §2.5); throws as it does.</summary>
    public async ValueTask CheckSpaceAsync(SettingScope owner, string name, long octets, CancellationToken cancel)
    {
        var folder = await ListAsync(owner, cancel);
        RequireSpace(folder, folder.Find(Normalize(name)), octets);
    }

    /// <summary>Says what is wrong with a script; empty when it is right.</summary>
    public IReadOnlyList<SieveError> Check(ReadOnlySpan<byte> octets) =>
        ScriptDocuments.Decode(octets) is null ? [new SieveError(new SievePosition(1, 1), ScriptText.NotUtf8)] : compiled.Get(octets).Errors;

    /// <summary>What a script that is right does, and its author may not have meant.</summary>
    public async ValueTask<IReadOnlyList<SieveError>> WarnAsync(SettingScope owner, ReadOnlyMemory<byte> octets, CancellationToken cancel)
    {
        var folder = await ListAsync(owner, cancel);
        return ScriptWarnings.Find(octets.Span, Language, name => folder.Find(name) is not null);
    }

    /// <summary>Whether a script leads to another by "include" (RFC 6609 §3.2), be it through others.</summary>
    public async ValueTask<bool> IncludesAsync(SettingScope owner, StoredScript from, string name, CancellationToken cancel) =>
        await ScriptInclusions.ReachAsync(this, owner, await ListAsync(owner, cancel), from, name, cancel);

    /// <summary>Adds a script, or changes what it says; it stays active when it is (RFC 5804 §2.6).</summary>
    /// <exception cref="ScriptRefusedException">BadName, TooLarge, TooManyScripts, OverQuota or Invalid.</exception>
    public ValueTask<StoredScript> PutAsync(SettingScope owner, string name, ReadOnlyMemory<byte> octets, CancellationToken cancel) =>
        ChangeAsync(owner, async (folder, last) =>
        {
            name = Normalize(name);
            return await StoreAsync(owner, folder, last, folder.Find(name), name, octets, cancel);
        }, cancel);

    /// <summary>Adds a script of a new name.</summary>
    /// <exception cref="ScriptRefusedException">As <see cref="PutAsync"/>, and AlreadyExists.</exception>
    public ValueTask<StoredScript> AddAsync(SettingScope owner, string name, ReadOnlyMemory<byte> octets, CancellationToken cancel) =>
        ChangeAsync(owner, (folder, last) => StoreAsync(owner, folder, last, null, RequireFree(folder, name, null), octets, cancel), cancel);

    /// <summary>Changes the name of a script, what it says, or both at once.</summary>
    /// <param name="name">Null: stays.</param>
    /// <param name="octets">Null: stay.</param>
    public ValueTask<StoredScript> ReplaceAsync(SettingScope owner, long id, string? name, ReadOnlyMemory<byte>? octets, CancellationToken cancel) =>
        ChangeAsync(owner, async (folder, last) =>
        {
            var script = folder.Find(id) ?? throw Missing();
            name = name is null ? script.Name : RequireFree(folder, name, script);
            if (octets is { } content) return await StoreAsync(owner, folder, last, script, name, content, cancel);
            return Outcome(folder, last, script with { Name = name });
        }, cancel);

    /// <summary>Changes what a script says, unless somebody did meanwhile.</summary>
    /// <param name="expected">As it was read.</param>
    /// <exception cref="ScriptRefusedException">As <see cref="PutAsync"/>, and NonExistent or Changed.</exception>
    public ValueTask<StoredScript> ReplaceAsync(SettingScope owner, StoredScript expected, ReadOnlyMemory<byte> octets, CancellationToken cancel) =>
        ChangeAsync(owner, async (folder, last) =>
        {
            var script = folder.Find(expected.Id) ?? throw Missing();
            if (script.Content != expected.Content || script.Name != expected.Name) throw new ScriptRefusedException(ScriptRefusal.Changed, ScriptText.ScriptChanged);
            return await StoreAsync(owner, folder, last, script, script.Name, octets, cancel);
        }, cancel);

    /// <summary>Gives a script another name (RFC 5804 §2.11).</summary>
    public ValueTask<StoredScript> RenameAsync(SettingScope owner, string from, string to, CancellationToken cancel) =>
        ChangeAsync(owner, (folder, last) =>
        {
            var script = folder.Find(Normalize(from)) ?? throw Missing();
            return new(Outcome(folder, last, script with { Name = RequireFree(folder, to, script) }));
        }, cancel);

    /// <summary>Makes a script the one that mail goes through; null for none (RFC 5804 §2.8).</summary>
    public async ValueTask ActivateAsync(SettingScope owner, string? name, CancellationToken cancel) =>
        await ChangeAsync(owner, (folder, last) =>
        {
            var script = name is null ? null : folder.Find(Normalize(name)) ?? throw Missing();
            return new(new Change(last, script?.Id, folder.Scripts, script!));
        }, cancel);

    /// <summary>Removes a script that is not active (RFC 5804 §2.10).</summary>
    public async ValueTask DeleteAsync(SettingScope owner, string name, CancellationToken cancel) =>
        await ChangeAsync(owner, (folder, last) =>
        {
            var script = folder.Find(Normalize(name)) ?? throw Missing();
            if (script == folder.Active) throw new ScriptRefusedException(ScriptRefusal.IsActive, ScriptText.ScriptIsActive);
            return new(new Change(last, folder.Active?.Id, [.. folder.Scripts.Where(other => other != script)], script));
        }, cancel);

    public void Dispose()
    {
        settings.Changed -= Forget;
        foreach (var gate in gates) gate.Dispose();
    }

    private async ValueTask<ScriptFolder> LookAsync(SettingScope owner, CancellationToken cancel)
    {
        var before = Volatile.Read(ref version);
        var folder = Folder(await documents.ReadListAsync(owner, cancel));
        if (Made is { } made && await made.RefreshAsync(owner, folder, cancel))
        {
            before = Volatile.Read(ref version);
            folder = Folder(await documents.ReadListAsync(owner, cancel));
        }
        if (known.Count >= MaxRemembered) known.Clear();
        known[owner] = folder.Scripts.Count == 0 ? Known.Nothing : new Known(folder);
        // A change that came while the old list was read.
        if (Volatile.Read(ref version) != before) known.TryRemove(owner, out _);
        return folder;
    }

    private async ValueTask<Change> StoreAsync(
        SettingScope owner, ScriptFolder folder, long last, StoredScript? before, string name, ReadOnlyMemory<byte> octets, CancellationToken cancel)
    {
        RequireSpace(folder, before, octets.Length);
        if (Check(octets.Span) is { Count: > 0 } errors) throw new ScriptRefusedException(ScriptRefusal.Invalid, ScriptText.ScriptHasError.With(errors[0].At, errors[0].Sentence), errors);
        var (id, content) = before is null ? (last + 1, last + 2) : (before.Id, last + 1);
        var parts = await documents.WriteAsync(owner, content, ScriptDocuments.Decode(octets.Span)!, cancel);
        return Outcome(folder, content, new StoredScript(id, name, content, octets.Length) { Parts = parts });
    }

    /// <summary>One change at a time for each owner: read, decide, commit the list, remove what nothing names any more.</summary>
    private async ValueTask<StoredScript> ChangeAsync(SettingScope owner, Func<ScriptFolder, long, ValueTask<Change>> decide, CancellationToken cancel)
    {
        var gate = gates[(uint)owner.GetHashCode() % gates.Length];
        await gate.WaitAsync(cancel);
        try
        {
            var list = await documents.ReadListAsync(owner, cancel);
            var change = await decide(Folder(list), list?.Last ?? 0);
            var changed = new ScriptList(change.Last, change.Active, [.. change.Scripts.Select(one => new ListedScript(one.Id, one.Name, one.Content, one.Octets, one.Parts))]);
            await documents.WriteListAsync(owner, changed, cancel);
            await documents.SweepAsync(owner, changed, CancellationToken.None);
            return change.Script;
        }
        finally
        {
            gate.Release();
        }
    }

    private void RequireSpace(ScriptFolder folder, StoredScript? before, long octets)
    {
        if (octets > Limits.MaxScriptOctets) throw new ScriptRefusedException(ScriptRefusal.TooLarge, ScriptText.ScriptOctets.With(Limits.MaxScriptOctets));
        if (before is null && folder.Scripts.Count >= Limits.MaxScripts) throw new ScriptRefusedException(ScriptRefusal.TooManyScripts, ScriptText.ScriptCount.With(Limits.MaxScripts));
        if (folder.Octets - (before?.Octets ?? 0) + octets > Limits.MaxTotalOctets) throw new ScriptRefusedException(ScriptRefusal.OverQuota, ScriptText.ScriptsOctets.With(Limits.MaxTotalOctets));
    }

    private static string RequireFree(ScriptFolder folder, string name, StoredScript? self)
    {
        name = Normalize(name);
        return folder.Find(name) is { } other && other != self ? throw new ScriptRefusedException(ScriptRefusal.AlreadyExists, ScriptText.ScriptExists) : name;
    }

    private static string Normalize(string name) => ScriptName.TryNormalize(name, out var normal)
        ? normal : throw new ScriptRefusedException(ScriptRefusal.BadName, ScriptText.ScriptNameOctets.With(ScriptName.MaxOctets));

    private static ScriptRefusedException Missing() => new(ScriptRefusal.NonExistent, ScriptText.NoScriptNamed);

    private static Change Outcome(ScriptFolder folder, long last, StoredScript script) =>
        new(last, folder.Active?.Id, Ordered(folder.Scripts.Where(other => other.Id != script.Id).Append(script)), script);

    private static ScriptFolder Folder(ScriptList? list) =>
        list?.Scripts is not { Count: > 0 } scripts ? ScriptFolder.Empty : new ScriptFolder(Ordered(scripts.Select(one => one.Stored)), list.Active);

    private static List<StoredScript> Ordered(IEnumerable<StoredScript> scripts) => [.. scripts.OrderBy(script => script.Name, StringComparer.Ordinal)];

    private void Forget(SettingScope owner, string name)
    {
        if (!ScriptDocuments.Has(name) && Made?.IsMadeOf(name) != true) return;
        Interlocked.Increment(ref version);
        known.TryRemove(owner, out _);
        if (name == ScriptDocuments.List) Changed?.Invoke(owner);
    }

    private sealed record Change(long Last, long? Active, IReadOnlyList<StoredScript> Scripts, StoredScript Script);

    /// <summary>Scripts as read, and the active one compiled as long as the cache has it too.</summary>
    private sealed class Known(ScriptFolder folder)
    {
        public static readonly Known Nothing = new(ScriptFolder.Empty);

        private volatile WeakReference<SieveCompilation>? active;

        public ScriptFolder Folder => folder;

        public SieveCompilation? Compiled(long content) =>
            folder.Active?.Content == content && active is { } reference && reference.TryGetTarget(out var compilation) ? compilation : null;

        public void Remember(SieveCompilation compilation) => active = new WeakReference<SieveCompilation>(compilation);
    }
}
