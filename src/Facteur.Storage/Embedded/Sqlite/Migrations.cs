using System.Globalization;
using System.Reflection;

namespace Facteur.Storage.Embedded.Sqlite;

/// <summary>Brings a database to the version of this program: numbered scripts, each in one transaction with its number.</summary>
internal static class Migrations
{
    private const string Folder = ".Embedded.Migrations.";

    /// <summary>The version this program writes.</summary>
    public static int Current { get; } = Scripts().Max(script => script.Version);

    public static void Apply(SqliteConnection database)
    {
        var version = (int)database.Scalar("PRAGMA user_version");
        if (version > Current)
            throw new InvalidOperationException(
                $"The store has version {version} and this program knows versions up to {Current}: it was written by a newer program. Use that one.");
        foreach (var (number, resource) in Scripts().Where(script => script.Version > version).OrderBy(script => script.Version))
        {
            using var reader = new StreamReader(typeof(Migrations).Assembly.GetManifestResourceStream(resource)!);
            database.RunScript($"BEGIN IMMEDIATE;\n{reader.ReadToEnd()}\nPRAGMA user_version = {number};\nCOMMIT;");
        }
    }

    private static IEnumerable<(int Version, string Resource)> Scripts()
    {
        foreach (var name in Assembly.GetExecutingAssembly().GetManifestResourceNames())
        {
            var at = name.IndexOf(Folder, StringComparison.Ordinal);
            if (at < 0 || !name.EndsWith(".sql", StringComparison.Ordinal)) continue;
            yield return (int.Parse(name.AsSpan(at + Folder.Length)[..^4], CultureInfo.InvariantCulture), name);
        }
    }
}
