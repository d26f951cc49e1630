using System.Text;
using Facteur.Accounts;
using Facteur.Accounts.Sessions;
using Facteur.Jmap;
using Facteur.Jmap.Http;
using Facteur.Web.Requests;
using Microsoft.AspNetCore.Http;

namespace Facteur.Web.Jmap;

/// <summary>
/// Who uses JMAP: a program with a password or an app password (Basic, RFC 7617), one with a token (Bearer, RFC 6750), or our own pages with the
/// cookie of their session. Invariants: a header field Authorization is all that counts when there is one; a cookie counts for nothing that
/// another site could have sent.
/// </summary>
internal sealed class JmapAuthentication(WebServices web, LoginService logins) : IJmapAuthentication
{
    /// <summary>With the token of a page (<see cref="WebRequest.FormToken"/>), for browsers that do not say where a request comes from.</summary>
    public const string TokenHeader = "X-Facteur-Token";

    private const string BasicScheme = "Basic ";
    private const int MaxCredentials = 8 * 1024;
    private const string Challenges = "Basic realm=\"facteur\", charset=\"UTF-8\", Bearer realm=\"facteur\"", QuietChallenge = "Bearer realm=\"facteur\"";

    private static readonly UTF8Encoding strictUtf8 = new(false, throwOnInvalidBytes: true);
    private readonly RememberedLogins remembered = new(logins, web.Time);

    public static bool IsJmap(PathString path) => path == JmapUrls.Session || path == JmapUrls.Api || path.StartsWithSegments(JmapUrls.Api, StringComparison.Ordinal);

    public async ValueTask<JmapUser?> AuthenticateAsync(HttpContext context) =>
        await FindAsync(context) is { } user ? user with { Remote = ClientAddress.Of(context) } : null;

    private async ValueTask<JmapUser?> FindAsync(HttpContext context)
    {
        var authorization = context.Request.Headers.Authorization;
        if (authorization.Count == 0) return await BySessionAsync(context);
        var client = context.Web().Client with { Protocol = MailProtocol.Jmap };
        if (authorization.Count == 1 && authorization[0]!.Length <= MaxCredentials)
        {
            var key = remembered.KeyOf(authorization[0]!, client);
            if (remembered.Find(key) is { } known) return UserOf(known);
            if (authorization[0]!.StartsWith(BasicScheme, StringComparison.OrdinalIgnoreCase)) return await ByPasswordAsync(context, authorization[0]![BasicScheme.Length..], key, client);
            if (authorization[0]!.StartsWith(BearerTokens.Scheme, StringComparison.OrdinalIgnoreCase)) return await ByTokenAsync(context, key, client);
        }
        return await RefuseAsync(context, default);
    }

    private async ValueTask<JmapUser?> ByPasswordAsync(HttpContext context, string credentials, LoginMark key, LoginClient client)
    {
        // RFC 7617 §2: the user name ends at the first colon.
        if (Decode(credentials) is not { } text || text.IndexOf(':', StringComparison.Ordinal) is not (>= 0 and var colon)) return await RefuseAsync(context, default);
        var result = await logins.LoginAsync(new LoginAttempt(text[..colon], text[(colon + 1)..], client), context.RequestAborted);
        if (result.Account is not { } account) return await RefuseAsync(context, result);
        remembered.Add(key, account);
        return UserOf(account);
    }

    private async ValueTask<JmapUser?> ByTokenAsync(HttpContext context, LoginMark key, LoginClient client)
    {
        var result = await BearerTokens.LoginAsync(context, logins, client);
        if (result?.Account is not { } account)
        {
            var status = context.Response.StatusCode;
            await JmapProblem.WriteAsync(context, status, TitleOf(status), result?.Sentence ?? "", result?.Why?.Code);
            return null;
        }
        remembered.Add(key, account);
        return UserOf(account);
    }

    private async ValueTask<JmapUser?> BySessionAsync(HttpContext context)
    {
        if (WebCookies.Read(context, WebCookies.Session) is not { } secret) return await RefuseAsync(context, default);
        if (await web.Sessions.FindAsync(secret, ClientAddress.Of(context).ToString(), context.RequestAborted) is not { } found) return await RefuseAsync(context, default);
        var (session, record) = found;
        var request = context.Web();
        (request.Session, request.Account) = (session, record);
        if (!IsOurs(context, request)) return await RefuseAsync(context, StatusCodes.Status403Forbidden, "The request does not come from a page of this server.");
        if (session.MustEnroll) return await RefuseAsync(context, StatusCodes.Status403Forbidden, "A second factor has to be set up first.");
        var credential = new UsedCredential(session.Method == SignInMethod.Passkey ? CredentialKind.Passkey : CredentialKind.Password, session.Credential);
        var result = await logins.ResumeAsync(record.Id, request.Client, credential, context.RequestAborted);
        if (result.Account is not { } account) return await RefuseAsync(context, result);
        return new JmapUser(account, account.Address)
        {
            Login = LoginStanding.NameOf(session), Watcher = end => new SessionWatch(web.Sessions.Watch(session, end), logins.Watch(account, end)),
        };
    }

    /// <summary>
    /// What a cookie may be believed for: the browser says that a page of ours asks, or the request has the token of such a page. Where nothing
    /// is changed it is enough that no other site is named: without our leave that site cannot read the answer.
    /// </summary>
    private bool IsOurs(HttpContext context, WebRequest request)
    {
        var headers = context.Request.Headers;
        if (headers.Origin.ToString() is { Length: > 0 } origin && !CsrfGuard.IsOwn(origin, context.Request, web.Options.Origin)) return false;
        var site = headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0 && site is not ("same-origin" or "none")) return false;
        var isReading = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        return isReading || site == "same-origin" || headers[TokenHeader].ToString() is { Length: > 0 } token && request.IsOwnForm(token);
    }

    private JmapUser UserOf(Account account) => new(account, account.Address) { Login = account.CredentialName, Watcher = end => logins.Watch(account, end) };

    private static string? Decode(string credentials)
    {
        var octets = new byte[credentials.Length];
        if (!Convert.TryFromBase64String(credentials.Trim(), octets, out var length)) return null;
        try
        {
            return strictUtf8.GetString(octets, 0, length);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>Says why not: in the words of the rule that is against it, to who has the right password.</summary>
    private static ValueTask<JmapUser?> RefuseAsync(HttpContext context, LoginResult result) => RefuseAsync(
        context,
        result.Refusal switch
        {
            LoginRefusal.Disabled or LoginRefusal.NotAllowed => StatusCodes.Status403Forbidden,
            LoginRefusal.Busy => StatusCodes.Status429TooManyRequests,
            LoginRefusal.Temporary => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status401Unauthorized,
        },
        result.Sentence, result.Why?.Code);

    private static async ValueTask<JmapUser?> RefuseAsync(HttpContext context, int status, string detail, string? code = null)
    {
        var headers = context.Response.Headers;
        // A browser that is told of Basic asks its user for a password, over whatever page it shows.
        if (status == StatusCodes.Status401Unauthorized) headers.WWWAuthenticate = context.Request.Headers.ContainsKey("Sec-Fetch-Mode") ? QuietChallenge : Challenges;
        if (status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable) headers.RetryAfter = "30";
        await JmapProblem.WriteAsync(context, status, TitleOf(status), detail, code);
        return null;
    }

    private static string TitleOf(int status) => status switch
    {
        StatusCodes.Status400BadRequest => "Bad request",
        StatusCodes.Status401Unauthorized => "Unauthorized",
        StatusCodes.Status403Forbidden => "Forbidden",
        StatusCodes.Status429TooManyRequests => "Too many requests",
        _ => "Service unavailable",
    };
}
