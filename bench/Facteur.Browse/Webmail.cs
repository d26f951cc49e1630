using Microsoft.Playwright;

namespace Facteur.Browse;

/// <summary>A webmail that is measured: where its list is, how one signs in, and the script that knows its pages.</summary>
internal abstract class Webmail(IBrowser browser, BrowseOptions options)
{
    public IBrowser Browser { get; } = browser;

    public BrowseOptions Options { get; } = options;

    /// <summary>Of who is signed in.</summary>
    public IReadOnlyList<Cookie> Cookies { get; set; } = [];

    public abstract string Name { get; }

    public abstract string ListAddress { get; }

    /// <summary>Put into each page before its own.</summary>
    public string Script => Read($"{Name}.js") + Read("probe.js");

    /// <summary>Signs in with the password and waits for the list.</summary>
    public async Task SignInAsync()
    {
        await using var visit = await Visit.BeginAsync(this);
        await FillSignInAsync(visit.Page);
        await visit.ReachAsync("hasRows");
    }

    /// <summary>Opens the next conversation that was not open yet, by the mouse, from the list; answers the milliseconds until its body is visible.</summary>
    public abstract Task<double> OpenByMouseAsync(Visit visit, int row);

    /// <summary>Searches subjects for a word; answers the milliseconds from Enter to the first rows found.</summary>
    public abstract Task<double> SearchAsync(Visit visit, string word);

    protected abstract Task FillSignInAsync(IPage page);

    /// <summary>Cookies as a new profile takes them: those whose names bind them to a host must be named by its address.</summary>
    public static IReadOnlyList<Cookie> ToSet(IReadOnlyList<BrowserContextCookiesResult> cookies) =>
        [.. cookies.Select(cookie => new Cookie { Name = cookie.Name, Value = cookie.Value, Domain = cookie.Domain, Path = cookie.Path, Expires = cookie.Expires, HttpOnly = cookie.HttpOnly, Secure = cookie.Secure, SameSite = cookie.SameSite })];

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(Webmail).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
