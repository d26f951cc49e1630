using Microsoft.AspNetCore.Http;

namespace Facteur.Jmap.Http;

/// <summary>Who asks, of the host's: Basic, Bearer, the session of a browser.</summary>
public interface IJmapAuthentication
{
    /// <summary>
    /// The user that a request is from; null when the answer was written (401, 403, 429, 503, with its reason as problem details). Looks at the
    /// header fields alone: the body of a stranger is not read.
    /// </summary>
    ValueTask<JmapUser?> AuthenticateAsync(HttpContext context);
}
