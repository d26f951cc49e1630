namespace Facteur.Pop3;

/// <summary>Ascending numbers in few octets: the differences, seven bits to an octet.</summary>
internal static class EmailList
{
    public static byte[] Write(IReadOnlyList<long> ascending)
    {
        using var octets = new MemoryStream(ascending.Count * 2);
        using var writer = new BinaryWriter(octets);
        var last = 0L;
        foreach (var number in ascending)
        {
            writer.Write7BitEncodedInt64(number - last);
            last = number;
        }
        return octets.ToArray();
    }

    public static IEnumerable<long> Read(byte[]? value)
    {
        using var octets = new MemoryStream(value ?? []);
        using var reader = new BinaryReader(octets);
        for (var last = 0L; octets.Position < octets.Length;)
        {
            last += reader.Read7BitEncodedInt64();
            yield return last;
        }
    }
}
