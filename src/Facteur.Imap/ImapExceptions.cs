using Facteur.Net;

namespace Facteur.Imap;

/// <summary>The client wrote what the grammar does not know: BAD (RFC 9051 §7.1.3).</summary>
internal sealed class ImapSyntaxException(string message) : Exception(message);

/// <summary>Understood and refused: NO with a response code (RFC 9051 §7.1, RFC 5530) and a sentence for a human.</summary>
/// <param name="code">What stands between the brackets, or null for none.</param>
internal sealed class ImapRefusedException(string? code, string message) : Exception(message)
{
    public string? Code { get; } = code;
}

/// <summary>The session is to end now, wherever it is: the client is gone, or nothing it sends can be understood any more.</summary>
internal sealed class ImapEndedException(EndReason reason) : Exception(reason.ToString())
{
    public EndReason Reason { get; } = reason;
}
