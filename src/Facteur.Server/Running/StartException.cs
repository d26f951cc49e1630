using Facteur.Net;
using Facteur.Server.Configuration;

namespace Facteur.Server.Running;

/// <summary>The server cannot start; the message is one sentence for the operator.</summary>
internal sealed class StartException(string message, Exception inner) : Exception(message, inner)
{
    /// <summary>A sentence for what an operator can cure; null for a fault of ours.</summary>
    public static StartException? Explain(Exception e, FacteurConfiguration configuration) => e switch
    {
        ListenException => new StartException(e.Message, e),
        CertificateException => new StartException($"TLS cannot be set up: {e.Message}", e),
        UnauthorizedAccessException or IOException => new StartException($"The folder {configuration.Data} (key data) cannot be used: {e.Message}", e),
        InvalidOperationException { Message: "The store is open in another process." } => new StartException($"The store in {configuration.Data} (key data) is open in another process.", e),
        _ => null,
    };
}
