using Facteur.Mail;

namespace Facteur.Jmap;

/// <summary>A header block and where the fields that are asked for stand in it; found in one pass.</summary>
internal sealed class HeaderValues
{
    public static readonly HeaderValues None = new(default, new HeaderSet());

    private readonly List<(int Start, int Length)>?[] values;

    public HeaderValues(ReadOnlyMemory<byte> block, HeaderSet wanted)
    {
        Block = block;
        values = new List<(int, int)>?[wanted.Count];
        if (wanted.Count == 0) return;
        foreach (var field in new HeaderFields(block.Span))
        {
            if (field.Name.IsEmpty || wanted.Find(field.Name) is not (>= 0 and var slot)) continue;
            // An empty value does not overlap: it stands anywhere.
            block.Span.Overlaps(field.Value, out var start);
            (values[slot] ??= []).Add((start, field.Value.Length));
        }
    }

    /// <summary>All octets of the header, as far as it was read.</summary>
    public ReadOnlyMemory<byte> Block { get; }

    public int Count(int slot) => slot < values.Length ? values[slot]?.Count ?? 0 : 0;

    /// <summary>What follows the colon, folds included, without the line break at the end.</summary>
    public ReadOnlySpan<byte> Value(int slot, int index)
    {
        var (start, length) = values[slot]![index];
        return Block.Span.Slice(start, length);
    }
}
