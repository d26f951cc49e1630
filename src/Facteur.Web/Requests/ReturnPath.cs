namespace Facteur.Web.Requests;

/// <summary>Where a sign-in goes on to. Only paths of this server: an address of others would make us their accomplice (RFC 6749 §10.15).</summary>
internal static class ReturnPath
{
    private const int MaxLength = 6_000;

    public const string Default = "/";

    /// <summary>The path when it is one of ours, else the default.</summary>
    public static string Clean(string? path) =>
        path is { Length: > 0 and <= MaxLength } && path[0] == '/' && (path.Length == 1 || path[1] is not ('/' or '\\'))
            && path.All(c => c is > ' ' and < (char)127 and not '\\') ? path : Default;
}
