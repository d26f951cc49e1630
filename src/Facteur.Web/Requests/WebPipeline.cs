using System.Net;
using Facteur.Accounts;
using Facteur.Accounts.Sessions;
using Facteur.Web.Jmap;
using Facteur.Web.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Facteur.Web.Requests;

/// <summary>What every request passes before its page: address, header fields, https, host name; then, its route known, session, language and form token.</summary>
internal sealed partial class WebPipeline(WebServices services, ILogger<WebPipeline> logger)
{
    private const string KeyName = "web";

    /// <summary>Before routing.</summary>
    public async Task EnterAsync(HttpContext context, RequestDelegate next)
    {
        ClientAddress.Apply(context, services.Options.Proxies);
        SecurityHeaders.Apply(context);
        if (HostGuard.IsAnsweredEverywhere(context.Request.Path))
        {
            await next(context);
            return;
        }
        var web = new WebRequest(context, services, await services.Secrets.GetAsync(KeyName, context.RequestAborted));
        context.Features.Set(web);
        web.Text = await LanguageAsync(context, web);
        if (!context.Request.IsHttps && IsJmapInside(context)) await GuardedAsync(context, next);
        else if (!context.Request.IsHttps) await ToHttpsAsync(context);
        else if (!HostGuard.IsOurs(context.Request.Host, services.Options)) await ProblemPage.WriteAsync(context, StatusCodes.Status421MisdirectedRequest, "Problem.Host", services.Options.Origin);
        else await GuardedAsync(context, next);
    }

    /// <summary>After routing.</summary>
    public async Task IdentifyAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<WebRequest>() is not { } web || context.GetEndpoint()?.Metadata.GetMetadata<OwnAuthentication>() is not null)
        {
            await next(context);
            return;
        }
        if (context.GetEndpoint()?.Metadata.GetMetadata<NoCookies>() is null && WebCookies.Read(context, WebCookies.Session) is { } secret)
        {
            if (await services.Sessions.FindAsync(secret, ClientAddress.Of(context).ToString(), context.RequestAborted) is { } found)
            {
                (web.Session, web.Account) = found;
                web.Text = await LanguageAsync(context, web);
                // Rules may have changed since the sign-in, or the browser may have moved to another network.
                var used = new UsedCredential(found.Session.Method == SignInMethod.Passkey ? CredentialKind.Passkey : CredentialKind.Password, found.Session.Credential);
                if (await services.Policies.CheckAsync(found.Account, web.Client, used, context.RequestAborted) is { } reason)
                {
                    await ProblemPage.WriteAsync(context, StatusCodes.Status403Forbidden, "Problem.Rule", reason.In(web.Text.Language));
                    return;
                }
            }
            else
            {
                WebCookies.Remove(context, WebCookies.Session);
            }
        }
        if (await CsrfGuard.AllowsAsync(context, services.Options.Origin)) await next(context);
        else await ProblemPage.WriteAsync(context, StatusCodes.Status403Forbidden, "Problem.Form");
    }

    /// <summary>Programs of this machine may use JMAP in clear where they may use IMAP so. They bring their credentials: a cookie of ours is kept to https.</summary>
    private bool IsJmapInside(HttpContext context) =>
        services.Options.PlaintextOnLoopback && JmapAuthentication.IsJmap(context.Request.Path) && IPAddress.IsLoopback(ClientAddress.Of(context));

    /// <summary>The account's own language, else what was chosen on the page, else the browser's, else the site's.</summary>
    private async ValueTask<WebText> LanguageAsync(HttpContext context, WebRequest web)
    {
        if (web.Account is { } account && await services.Settings.OwnLocaleAsync(account.Id, context.RequestAborted) is { } own) return WebText.Of(own);
        if (WebCookies.Read(context, WebCookies.Language) is { } chosen && WebText.Find(chosen) is { } text) return text;
        return WebText.Accepted(context.Request.Headers.AcceptLanguage.ToString()) ?? WebText.Of(await services.Settings.LocaleAsync(web.Account?.Domain, context.RequestAborted));
    }

    private Task ToHttpsAsync(HttpContext context)
    {
        if (services.Options.HttpsPort() is null) return ProblemPage.WriteAsync(context, StatusCodes.Status403Forbidden, "Problem.Clear");
        // To the right name, whatever name was asked for, and never with what a form sent in clear.
        var target = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) ? context.Request.Path + context.Request.QueryString.ToUriComponent() : "/";
        context.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
        context.Response.Headers.Location = services.Options.Origin + target;
        return Task.CompletedTask;
    }

    private async Task GuardedAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
            if (context.Response is { StatusCode: StatusCodes.Status404NotFound, HasStarted: false, ContentLength: null, ContentType: null })
                await ProblemPage.WriteAsync(context, StatusCodes.Status404NotFound, "Problem.NotFound");
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // The browser went away.
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await ProblemPage.WriteAsync(context, e.StatusCode, "Problem.Request");
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            var number = OpaqueToken.New()[..8];
            LogFailed(e, context.Request.Method, context.Request.Path, number);
            await ProblemPage.WriteAsync(context, StatusCodes.Status500InternalServerError, "Problem.Fault", number);
        }
    }

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed ({Number})", EventName = "WebRequestFailed")]
    private partial void LogFailed(Exception e, string method, string path, string number);
}
