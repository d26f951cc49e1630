using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;

namespace Facteur.Net.Dialing;

/// <summary>What came of a request.</summary>
public enum HttpOutcome : byte
{
    /// <summary>The server answered; the status code says what.</summary>
    Answered,
    /// <summary>The address, port or scheme is not allowed.</summary>
    Forbidden,
    /// <summary>No connection.</summary>
    Unreachable,
    /// <summary>The deadline passed before the whole answer was there.</summary>
    TimedOut,
    /// <summary>The certificate is not valid for the host, or TLS failed otherwise.</summary>
    TlsFailed,
    /// <summary>The body is longer than the request allowed.</summary>
    TooLarge,
    /// <summary>More redirects than allowed, or one in a circle.</summary>
    TooManyRedirects,
    /// <summary>The answer is not HTTP, or broke off.</summary>
    Broken,
}

/// <summary>One request through <see cref="GuardedHttp"/>.</summary>
/// <param name="Uri">Absolute; https unless <see cref="AllowClearText"/>.</param>
public sealed record HttpFetchRequest(Uri Uri)
{
    public HttpMethod Method { get; init; } = HttpMethod.Get;

    /// <summary>Body and its headers; sent again at no redirect. The fetch disposes of it.</summary>
    public HttpContent? Content { get; init; }

    /// <summary>Header fields beside those of the body.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Longest body taken, in octets after decompression.</summary>
    public int MaxOctets { get; init; } = 64 * 1024;

    /// <summary>From the first look-up to the last octet, redirects included.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Redirects followed (GET and HEAD only); each is checked as the first address was. 0 answers the redirect itself.</summary>
    public int MaxRedirects { get; init; }

    /// <summary>Lets http: pass as well.</summary>
    public bool AllowClearText { get; init; }

    /// <summary>Rule of the dialer: <see cref="DialPurpose.Web"/> for addresses that others wrote.</summary>
    public DialPurpose Purpose { get; init; } = DialPurpose.Web;
}

/// <summary>The answer, or why there is none.</summary>
/// <param name="Sentence">For the person who asked; never tells an address behind a name.</param>
/// <param name="Uri">Where the answer came from, after redirects.</param>
/// <param name="Status">Status code; 0 without an answer.</param>
/// <param name="Headers">Header fields of the answer, those of the body too, or null.</param>
/// <param name="MediaType">Of Content-Type, lower case, without parameters; or null.</param>
/// <param name="Body">Whole; empty unless <see cref="HttpOutcome.Answered"/>.</param>
public sealed record HttpFetch(HttpOutcome Outcome, string Sentence, Uri Uri, int Status, HttpHeaders? Headers, string? MediaType, byte[] Body)
{
    /// <summary>Answered with a status of 200 to 299.</summary>
    [MemberNotNullWhen(true, nameof(Headers))]
    public bool IsSuccess => Outcome == HttpOutcome.Answered && Status is >= 200 and < 300;
}
