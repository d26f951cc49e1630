namespace Facteur.Sieve.Scripts;

/// <summary>A script that somebody keeps here.</summary>
/// <param name="Id">Stays through changes of name and content; never used again.</param>
/// <param name="Content">Number of what it says: another one with each change of it.</param>
/// <param name="Octets">Of what it says.</param>
public sealed record StoredScript(long Id, string Name, long Content, int Octets)
{
    /// <summary>Pieces in which the store keeps the content.</summary>
    internal int Parts { get; init; } = 1;
}

/// <summary>The scripts of an account or of the site, as of one moment.</summary>
public sealed class ScriptFolder
{
    public static readonly ScriptFolder Empty = new([], null);

    internal ScriptFolder(IReadOnlyList<StoredScript> scripts, long? active)
    {
        Scripts = scripts;
        Active = scripts.FirstOrDefault(script => script.Id == active);
    }

    /// <summary>By name, octet by octet.</summary>
    public IReadOnlyList<StoredScript> Scripts { get; }

    /// <summary>The one that mail goes through; null for none (RFC 5804 §1.4).</summary>
    public StoredScript? Active { get; }

    public int Octets => Scripts.Sum(script => script.Octets);

    /// <summary>By its exact name.</summary>
    public StoredScript? Find(string name) => Scripts.FirstOrDefault(script => script.Name == name);

    public StoredScript? Find(long id) => Scripts.FirstOrDefault(script => script.Id == id);
}
