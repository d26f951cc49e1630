using System.Globalization;
using System.Text;
using Facteur.Storage;

namespace Facteur.Imap.Messages;

/// <summary>Numbers as a sequence-set (RFC 9051 §9), as short as it can be.</summary>
internal static class SequenceText
{
    /// <param name="ascending">Numbers in the order the set is to have; runs are joined.</param>
    public static string Of(IEnumerable<uint> ascending)
    {
        var text = new StringBuilder();
        foreach (var (first, last) in Runs(ascending))
        {
            if (text.Length > 0) text.Append(',');
            text.Append(CultureInfo.InvariantCulture, $"{first}");
            if (last > first) text.Append(CultureInfo.InvariantCulture, $":{last}");
        }
        return text.ToString();
    }

    /// <summary>Joins numbers that follow each other.</summary>
    public static IEnumerable<UidRange> Runs(IEnumerable<uint> numbers)
    {
        uint first = 0, last = 0;
        foreach (var number in numbers)
        {
            if (first != 0 && number == last + 1)
            {
                last = number;
                continue;
            }
            if (first != 0) yield return new UidRange(first, last);
            first = last = number;
        }
        if (first != 0) yield return new UidRange(first, last);
    }
}
