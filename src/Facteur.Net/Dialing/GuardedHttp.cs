using System.Net;
using System.Net.Security;
using System.Security.Authentication;

namespace Facteur.Net.Dialing;

/// <summary>
/// HTTP to other machines, through <see cref="GuardedDialer"/>: no proxy, no cookies, no credentials, no redirect that was not
/// asked for, no size or time without bound, and no request to where a certificate points (<see cref="OutboundTrust"/>).
/// One object serves the process.
/// </summary>
public sealed class GuardedHttp(GuardedDialer dialer, GuardedHttpOptions options, TimeProvider time) : IDisposable
{
    // Handshake included: the handler goes on connecting after a request gave up.
    private static readonly TimeSpan connectTime = TimeSpan.FromSeconds(60);

    private readonly Dictionary<DialPurpose, HttpMessageInvoker> invokers =
        Enum.GetValues<DialPurpose>().ToDictionary(purpose => purpose, purpose => new HttpMessageInvoker(Handler(dialer, options, purpose)));

    /// <summary>A handler for a library that makes its own requests; the caller disposes of it. Bodies are not bounded by it.</summary>
    public HttpMessageHandler CreateHandler(DialPurpose purpose) => Handler(dialer, options, purpose);

    /// <summary>Fetches a document over https, without following redirects.</summary>
    public Task<HttpFetch> GetAsync(Uri uri, int maxOctets, TimeSpan deadline, CancellationToken cancel) =>
        SendAsync(new HttpFetchRequest(uri) { MaxOctets = maxOctets, Deadline = deadline }, cancel);

    /// <summary>Makes one request. Failures are values; only cancellation throws.</summary>
    public async Task<HttpFetch> SendAsync(HttpFetchRequest request, CancellationToken cancel)
    {
        using var content = request.Content;
        using var timer = new CancellationTokenSource(request.Deadline, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancel);
        var uri = request.Uri;
        try
        {
            for (var hop = 0; ; hop++)
            {
                if (Objection(uri, request) is { } objection) return Failed(HttpOutcome.Forbidden, objection, uri);
                var (fetch, next) = await HopAsync(uri, request, linked.Token);
                if (next is null || request.MaxRedirects == 0) return fetch;
                if (hop == request.MaxRedirects) return Failed(HttpOutcome.TooManyRedirects, $"{request.Uri.Host} redirects more than {request.MaxRedirects} times", uri);
                uri = next;
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Failed(HttpOutcome.TimedOut, $"{uri.Host} did not answer completely within {request.Deadline.TotalSeconds:0} s", uri);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or AuthenticationException or InvalidOperationException)
        {
            return Explain(e, uri);
        }
    }

    public void Dispose()
    {
        foreach (var invoker in invokers.Values) invoker.Dispose();
    }

    private async Task<(HttpFetch Fetch, Uri? Next)> HopAsync(Uri uri, HttpFetchRequest request, CancellationToken cancel)
    {
        using var message = new HttpRequestMessage(request.Method, uri) { Content = request.Content, Version = HttpVersion.Version11 };
        if (options.UserAgent is { } agent) message.Headers.TryAddWithoutValidation("User-Agent", agent);
        foreach (var (name, value) in request.Headers)
            if (IsForEveryone(name) || IsSameOrigin(uri, request.Uri)) message.Headers.TryAddWithoutValidation(name, value);
        using var response = await invokers[request.Purpose].SendAsync(message, cancel);
        var next = RedirectTarget(response, uri, request);
        var body = next is null ? await ReadAsync(response, request.MaxOctets, cancel) : [];
        message.Content = null; // belongs to the whole fetch
        if (body is null) return (Failed(HttpOutcome.TooLarge, $"the answer of {uri.Host} is longer than {request.MaxOctets} octets", uri), null);
        var fields = new Fields();
        foreach (var (name, values) in response.Headers.NonValidated) fields.TryAddWithoutValidation(name, values);
        foreach (var (name, values) in response.Content.Headers.NonValidated) fields.TryAddWithoutValidation(name, values);
        var status = (int)response.StatusCode;
        var mediaType = response.Content.Headers.ContentType?.MediaType?.ToLowerInvariant();
        return (new HttpFetch(HttpOutcome.Answered, $"{uri.Host} answered {status}", uri, status, fields, mediaType, body), next);
    }

    /// <summary>The body, or null when it is longer than allowed.</summary>
    private static async Task<byte[]?> ReadAsync(HttpResponseMessage response, int maxOctets, CancellationToken cancel)
    {
        if (response.Content.Headers.ContentLength > maxOctets) return null;
        await using var stream = await response.Content.ReadAsStreamAsync(cancel);
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await stream.ReadAsync(buffer, cancel) is > 0 and var count)
        {
            if (body.Length + count > maxOctets) return null;
            body.Write(buffer, 0, count);
        }
        return body.ToArray();
    }

    private static Uri? RedirectTarget(HttpResponseMessage response, Uri uri, HttpFetchRequest request)
    {
        if (request.Method != HttpMethod.Get && request.Method != HttpMethod.Head) return null;
        if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location) return null;
        return location.IsAbsoluteUri ? location : Uri.TryCreate(uri, location, out var absolute) ? absolute : null;
    }

    /// <summary>Fields may be meant for one server alone (a token): those that a redirect names do not get them (RFC 9110 §15.4).</summary>
    private static bool IsForEveryone(string field) => field.StartsWith("Accept", StringComparison.OrdinalIgnoreCase);

    private static bool IsSameOrigin(Uri one, Uri other) => Uri.Compare(one, other, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0;

    private static string? Objection(Uri uri, HttpFetchRequest request)
    {
        if (!uri.IsAbsoluteUri) return "the address is not complete";
        if (uri.Scheme != Uri.UriSchemeHttps && !(request.AllowClearText && uri.Scheme == Uri.UriSchemeHttp)) return $"{uri.Scheme}: addresses are not fetched";
        return uri.UserInfo.Length > 0 ? "addresses with a user name are not fetched" : null;
    }

    private static HttpFetch Explain(Exception exception, Uri uri)
    {
        for (var e = exception; e is not null; e = e.InnerException)
            if (e is DialFailedException dial) return Failed(FromDial(dial.Result.Outcome), dial.Result.Sentence, uri);
            else if (e is AuthenticationException || e is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError })
                return Failed(HttpOutcome.TlsFailed, $"{uri.Host} has no valid certificate: {Innermost(e)}", uri);
        return Failed(HttpOutcome.Broken, $"the answer of {uri.Host} broke off or is not HTTP", uri);
    }

    private static string Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e.Message;

    private static HttpOutcome FromDial(DialOutcome outcome) => outcome switch
    {
        DialOutcome.Forbidden => HttpOutcome.Forbidden,
        DialOutcome.TimedOut => HttpOutcome.TimedOut,
        _ => HttpOutcome.Unreachable,
    };

    private static HttpFetch Failed(HttpOutcome outcome, string sentence, Uri uri) => new(outcome, sentence, uri, 0, null, null, []);

    private static SocketsHttpHandler Handler(GuardedDialer dialer, GuardedHttpOptions options, DialPurpose purpose) => new()
    {
        ConnectCallback = async (context, cancel) =>
        {
            var result = await dialer.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, purpose, cancel);
            return result.IsConnected ? result.Connection.Stream : throw new DialFailedException(result);
        },
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        Credentials = null,
        PreAuthenticate = false,
        AutomaticDecompression = options.Decompress ? DecompressionMethods.All : DecompressionMethods.None,
        MaxResponseHeadersLength = options.MaxHeaderKibibytes,
        MaxConnectionsPerServer = options.MaxConnectionsPerServer,
        ConnectTimeout = connectTime,
        PooledConnectionIdleTimeout = options.IdleTime,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        ResponseDrainTimeout = TimeSpan.Zero,
        ActivityHeadersPropagator = null,
        SslOptions = new SslClientAuthenticationOptions
        {
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateChainPolicy = OutboundTrust.ChainPolicy(options.ExtraRoots),
        },
    };

    /// <summary>Header fields as they came.</summary>
    private sealed class Fields : System.Net.Http.Headers.HttpHeaders;
}
