using Facteur.Sieve.Running;

namespace Facteur.Sieve.Matching;

/// <summary>Names of lists outside the script.</summary>
// RFC 6134 §2.5.
internal static class ExternalList
{
    private const string Prefix = "urn:ietf:params:sieve:";
    private const string AddressBook = Prefix + "addrbook:";

    /// <summary>The absolute URI a name stands for; null when it is none. "default" is the same however it is written.</summary>
    public static string? Resolve(string name)
    {
        var uri = name.StartsWith(':') ? Prefix + name[1..] : name;
        if (uri.Length > 512 || uri.AsSpan().ContainsAnyExceptInRange('!', '~') || !Uri.TryCreate(uri, UriKind.Absolute, out _) || uri.IndexOf(':', StringComparison.Ordinal) == uri.Length - 1) return null;
        if (!uri.StartsWith(AddressBook, StringComparison.OrdinalIgnoreCase)) return uri;
        var book = uri[AddressBook.Length..];
        var query = book.IndexOf('?', StringComparison.Ordinal);
        var decoded = Uri.UnescapeDataString(query < 0 ? book : book[..query]);
        if (decoded.Length == 0) return null;
        return AddressBook + (decoded.Equals("default", StringComparison.OrdinalIgnoreCase) ? "default" : decoded) + (query < 0 ? "" : book[query..]);
    }

    /// <exception cref="SieveRuntimeException">There is no such list (RFC 6134 §2.2).</exception>
    public static async ValueTask<string> RequireAsync(SieveRun run, string name, CancellationToken cancel)
    {
        var list = Resolve(name);
        if (list is null || !await run.Host.HasListAsync(list, cancel)) throw new SieveRuntimeException(ScriptText.NoSuchList.With(Syntax.OctetText.ToText(name)));
        return list;
    }
}
