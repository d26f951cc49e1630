using System.Security.Cryptography;
using System.Text.Json;

namespace Facteur.Jmap;

/// <summary>Digests of a blob's octets by the names of RFC 9404 §4.2, worked out as the octets pass.</summary>
internal sealed class BlobDigests(IEnumerable<string> properties) : IDisposable
{
    private const string Prefix = "digest:";

    /// <summary>What is offered, the one to prefer first.</summary>
    public static readonly string[] Names = ["sha-256", "sha-512", "sha"];

    private readonly List<(string Property, IncrementalHash Hash)> running =
        [.. properties.Where(property => IsDigest(property)).Select(property => (property, IncrementalHash.CreateHash(AlgorithmOf(property)!.Value)))];

    public bool IsEmpty => running.Count == 0;

    /// <summary>"digest:" and the name of an algorithm that is offered.</summary>
    public static bool IsDigest(string property) => AlgorithmOf(property) is not null;

    public void Add(ReadOnlySpan<byte> octets)
    {
        foreach (var (_, hash) in running) hash.AppendData(octets);
    }

    /// <summary>Writes them as properties, and begins anew.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        foreach (var (property, hash) in running) writer.WriteBase64String(property, hash.GetHashAndReset());
    }

    public void Dispose()
    {
        foreach (var (_, hash) in running) hash.Dispose();
    }

    private static HashAlgorithmName? AlgorithmOf(string property) => !property.StartsWith(Prefix, StringComparison.Ordinal) ? null : property[Prefix.Length..] switch
    {
        "sha" => HashAlgorithmName.SHA1,
        "sha-256" => HashAlgorithmName.SHA256,
        "sha-512" => HashAlgorithmName.SHA512,
        _ => null,
    };
}
