using System.Text;

namespace Facteur.Sieve.Scripts;

/// <summary>Names of scripts: Unicode in NFC without control characters. They are never paths of files, so that "../x" is a name like another.</summary>
// RFC 5804 §1.6, RFC 5198 §2.
public static class ScriptName
{
    /// <summary>Octets in UTF-8: 128 characters of any kind fit, as RFC 5804 §1.6 asks.</summary>
    public const int MaxOctets = 512;

    /// <summary>The name as it is kept; false for one that cannot be.</summary>
    public static bool TryNormalize(string name, out string normal)
    {
        normal = name;
        if (name.Length is 0 or > MaxOctets) return false;
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsControl(name[i]) || name[i] is '\u2028' or '\u2029') return false;
            if (char.IsSurrogate(name[i]) && !(i + 1 < name.Length && char.IsSurrogatePair(name[i], name[++i]))) return false;
        }
        normal = name.Normalize(NormalizationForm.FormC);
        return Encoding.UTF8.GetByteCount(normal) <= MaxOctets;
    }
}
