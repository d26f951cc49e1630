namespace Facteur.Accounts.OAuth;

/// <summary>What a program may use (RFC 6749 §3.3): each of the mail's protocols, and tokens that outlive the sitting.</summary>
[Flags]
public enum OAuthScopes : ushort
{
    None = 0,
    Imap = 1,
    Pop = 2,
    Smtp = 4,
    Jmap = 8,
    Dav = 16,
    Sieve = 32,
    /// <summary>A refresh token is given.</summary>
    Offline = 64,
}

/// <summary>Scopes as they are written in requests.</summary>
public static class OAuthScopeNames
{
    private static readonly (string Name, OAuthScopes Scope, MailProtocol? Protocol)[] names =
    [
        ("imap", OAuthScopes.Imap, MailProtocol.Imap), ("pop", OAuthScopes.Pop, MailProtocol.Pop3), ("smtp", OAuthScopes.Smtp, MailProtocol.Submission),
        ("jmap", OAuthScopes.Jmap, MailProtocol.Jmap), ("dav", OAuthScopes.Dav, MailProtocol.Dav), ("sieve", OAuthScopes.Sieve, MailProtocol.ManageSieve),
        ("offline", OAuthScopes.Offline, null), ("offline_access", OAuthScopes.Offline, null),
    ];

    /// <summary>All names, for the metadata.</summary>
    public static IReadOnlyList<string> All { get; } = [.. names.Select(one => one.Name)];

    /// <summary>Scopes of a list with spaces; null when it is empty or holds an unknown one.</summary>
    public static OAuthScopes? Parse(string text)
    {
        var scopes = OAuthScopes.None;
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var scope = Array.Find(names, one => one.Name == word).Scope;
            if (scope == OAuthScopes.None) return null;
            scopes |= scope;
        }
        return (scopes & ~OAuthScopes.Offline) == OAuthScopes.None ? null : scopes;
    }

    /// <summary>As a list with spaces, each scope once.</summary>
    public static string Text(OAuthScopes scopes) => string.Join(' ', names.Where(one => scopes.HasFlag(one.Scope)).DistinctBy(one => one.Scope).Select(one => one.Name));

    public static IReadOnlyCollection<MailProtocol> Protocols(OAuthScopes scopes) =>
        [.. names.Where(one => one.Protocol is not null && scopes.HasFlag(one.Scope)).Select(one => one.Protocol!.Value)];

    /// <summary>Each scope by itself.</summary>
    public static IEnumerable<OAuthScopes> Each(OAuthScopes scopes) => names.Select(one => one.Scope).Distinct().Where(one => scopes.HasFlag(one));
}
