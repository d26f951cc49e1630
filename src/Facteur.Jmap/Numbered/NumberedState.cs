using System.Globalization;
using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>States of a type whose changes are numbered one by one: the number of the last.</summary>
internal static class NumberedState
{
    public static string Of(ModSeq state) => state.Value.ToString(CultureInfo.InvariantCulture);

    public static bool TryParse(string text, out ModSeq state)
    {
        var read = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value);
        state = new ModSeq(value);
        return read;
    }
}
