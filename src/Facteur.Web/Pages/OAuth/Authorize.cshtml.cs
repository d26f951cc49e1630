using Facteur.Accounts.OAuth;
using Facteur.Web.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.WebUtilities;

namespace Facteur.Web.Pages;

/// <summary>
/// The authorization endpoint (RFC 6749 §3.1): a person says which program may use what. It is asked each time: a program on a device
/// cannot prove that it is the one that asked before (RFC 8252 §8.6).
/// </summary>
public sealed class AuthorizeModel : SignedInPage
{
    public override string Title => T["Consent.Title"];

    public override bool IsNarrow => true;

    /// <summary>What is asked for; null when the request cannot be put to anybody.</summary>
    public AuthorizationRequest? Asked { get; private set; }

    /// <summary>Where the answer goes, in short.</summary>
    public string Target { get; private set; } = "";

    /// <summary>The request is looked at before anybody signs in for it.</summary>
    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var query = Request.Query;
        // A client that sends its secret or a token in an address is stopped here, not served.
        var client = query["client_id"].Count == 1 ? await Services.Clients.FindAsync(query["client_id"].ToString(), Cancel) : null;
        var check = AuthorizationCheck.Of(client, name => query[name] is [{ Length: > 0 } value] ? value : null, query.Any(one => one.Value.Count > 1));
        if (check.Request is not { } request)
        {
            context.Result = Fail(check);
            return;
        }
        (Asked, Target) = (request, RedirectUris.PolicySource(request.RedirectUri));
        await base.OnPageHandlerExecutionAsync(context, next);
    }

    public IActionResult OnGet()
    {
        SecurityHeaders.AllowFormTarget(HttpContext, Target);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync()
    {
        var request = Asked!;
        SecurityHeaders.AllowFormTarget(HttpContext, Target);
        if (Field("answer") != "yes") return Send(request.RedirectUri, request.State, ("error", "access_denied"));
        var code = await Services.Tokens.IssueCodeAsync(Account, request, ClientAddress.Of(HttpContext).ToString(), Cancel);
        return Send(request.RedirectUri, request.State, ("code", code));
    }

    private IActionResult Fail(AuthorizationCheck check)
    {
        if (check.RedirectUri is { } target)
            return Send(target, check.State, ("error", check.Error!.Error), ("error_description", check.Error.Message));
        // RFC 6749 §4.1.2.1: never redirected to an address that is not known to be the client's.
        return new ProblemResult(StatusCodes.Status400BadRequest, "Problem.Client", check.Error!.Message);
    }

    /// <summary>RFC 6749 §4.1.2, with the issuer so that a client of several servers knows whose answer it is (RFC 9207 §2).</summary>
    private IActionResult Send(string redirectUri, string? state, params (string Name, string Value)[] values)
    {
        var target = redirectUri;
        foreach (var (name, value) in values) target = QueryHelpers.AddQueryString(target, name, value);
        if (state is not null) target = QueryHelpers.AddQueryString(target, "state", state);
        return GoTo(QueryHelpers.AddQueryString(target, "iss", Services.Options.Origin));
    }

    private sealed class ProblemResult(int status, string key, string detail) : IActionResult
    {
        public Task ExecuteResultAsync(ActionContext context) => ProblemPage.WriteAsync(context.HttpContext, status, key, detail);
    }
}
