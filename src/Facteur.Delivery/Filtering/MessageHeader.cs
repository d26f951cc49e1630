using Facteur.Mail;

namespace Facteur.Delivery.Filtering;

/// <summary>The header of a message, or the start of a very long one, for checks that ask for fields.</summary>
internal sealed class MessageHeader
{
    /// <summary>Octets looked at. Headers of real mail have some 4 to 20 KiB.</summary>
    private const int MaxOctets = 64 * 1024;

    private readonly byte[] octets;

    private MessageHeader(byte[] octets) => this.octets = octets;

    public ReadOnlySpan<byte> Octets => octets;

    /// <summary>Reads the header as it came, without what we wrote before it.</summary>
    public static ValueTask<MessageHeader> ReadAsync(FilterInput input, CancellationToken cancel) =>
        ReadAsync(input.Source, input.Start, input.Facts.HeaderSize, cancel);

    /// <param name="end">Where the body starts.</param>
    public static async ValueTask<MessageHeader> ReadAsync(IMessageSource source, long start, long end, CancellationToken cancel)
    {
        var octets = new byte[(int)Math.Clamp(end - start, 0, MaxOctets)];
        var length = 0;
        while (length < octets.Length && await source.ReadAsync(start + length, octets.AsMemory(length), cancel) is var count and > 0) length += count;
        return new MessageHeader(length == octets.Length ? octets : octets[..length]);
    }

    /// <summary>Body of the first field of this name, folds included; empty when there is none.</summary>
    public ReadOnlySpan<byte> First(ReadOnlySpan<byte> name) => HeaderFields.TryFind(octets, name, out var value) ? value : default;

    public int Count(ReadOnlySpan<byte> name)
    {
        var count = 0;
        foreach (var field in new HeaderFields(octets))
            if (field.Is(name)) count++;
        return count;
    }
}
