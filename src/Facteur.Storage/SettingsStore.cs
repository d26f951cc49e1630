namespace Facteur.Storage;

/// <summary>To what a setting belongs. A narrower one wins over a wider one: account, group, domain, site.</summary>
public readonly record struct SettingScope(char Kind, long Id)
{
    public static readonly SettingScope Site = new('s', 0);
    public static SettingScope Of(DomainId domain) => new('d', domain.Value);
    public static SettingScope Of(GroupId group) => new('g', group.Value);
    public static SettingScope Of(AccountId account) => new('a', account.Value);
}

/// <summary>
/// What an administrator or user changes while the server runs, as JSON documents by name ("forward", "vacation", "route", "dkim",
/// "limits", "filter"); their shapes belong to the projects that read them. Reads come from memory; a change is durable and seen by
/// every reader of the process when its task completes. Settings of a removed domain or account go with it.
/// </summary>
public abstract class SettingsStore
{
    /// <summary>Largest document in octets: 256 KiB.</summary>
    public const int MaxOctets = 256 * 1024;

    /// <summary>The document in UTF-8, or null.</summary>
    public abstract ValueTask<ReadOnlyMemory<byte>?> GetAsync(SettingScope scope, string name, CancellationToken cancel);

    /// <summary>Null removes it.</summary>
    public abstract ValueTask SetAsync(SettingScope scope, string name, ReadOnlyMemory<byte>? json, CancellationToken cancel);

    /// <summary>All scopes that have a document of this name.</summary>
    public abstract ValueTask<IReadOnlyList<(SettingScope Scope, ReadOnlyMemory<byte> Json)>> ListAsync(string name, CancellationToken cancel);

    /// <summary>All documents of a scope, by name.</summary>
    public abstract ValueTask<IReadOnlyList<(string Name, ReadOnlyMemory<byte> Json)>> ListOfAsync(SettingScope scope, CancellationToken cancel);

    /// <summary>Raised after the commit of a change.</summary>
    public event Action<SettingScope, string>? Changed;

    protected void RaiseChanged(SettingScope scope, string name) => Changed?.Invoke(scope, name);
}
