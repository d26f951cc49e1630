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
    /// name: another reader, less strict, might find ours in it.
    /// </remarks>
    public static bool IsForged(ReadOnlySpan<byte> fieldBody, string authservId)
    {
        var lexer = new ResultsLexer(fieldBody);
        var service = AuthenticationResultsReader.ReadService(ref lexer, out var isVersionKnown);
        return service is null || !isVersionKnown || AuthenticationResultsReader.IsSameService(service, authservId);
    }
}
