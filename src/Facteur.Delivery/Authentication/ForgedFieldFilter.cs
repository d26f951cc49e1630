using System.Text;

namespace Facteur.Delivery.Authentication;

/// <summary>
/// Finds the Authentication-Results of an incoming message that must not stay: those that claim to be ours (RFC 8601 §5).
/// </summary>
public static class ForgedFieldFilter
{
    /// <summary>True when the field has to be left out of the message.</summary>
    /// <param name="fieldBody">What stands after the colon, folded as it came.</param>
    /// <param name="authservId">Our name in such fields.</param>
    /// <remarks>
    /// A field of a version we do not know goes too, as RFC 8601 §5 has it; and so does one that cannot be read as far as its
    /// name: another reader, less strict, might find ours in it. But one in which our name is nowhere, however it is folded or
    /// quoted, no reader takes for ours: hosts write results in forms of their own, and what others found is not ours to take away.
    /// </remarks>
    public static bool IsForged(ReadOnlySpan<byte> fieldBody, string authservId)
    {
        if (!Mentions(fieldBody, authservId)) return false;
        var lexer = new ResultsLexer(fieldBody);
        var service = AuthenticationResultsReader.ReadService(ref lexer, out var isVersionKnown);
        return service is null || !isVersionKnown || AuthenticationResultsReader.IsSameService(service, authservId);
    }

    // Without blanks and backslashes, which may stand anywhere in a name that is folded or quoted.
    private static bool Mentions(ReadOnlySpan<byte> fieldBody, string authservId)
    {
        // A name with two spellings is looked for by who reads the field.
        if (!Ascii.IsValid(authservId) || authservId.Contains("xn--", StringComparison.OrdinalIgnoreCase)) return true;
        Span<byte> bare = fieldBody.Length <= 1024 ? stackalloc byte[fieldBody.Length] : new byte[fieldBody.Length];
        var length = 0;
        foreach (var octet in fieldBody)
            if (octet is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)'\\')) bare[length++] = octet is >= (byte)'A' and <= (byte)'Z' ? (byte)(octet | 0x20) : octet;
        return bare[..length].IndexOf(Encoding.ASCII.GetBytes(authservId.ToLowerInvariant())) >= 0;
    }
}
