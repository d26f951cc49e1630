using System.Globalization;
using Facteur.Accounts;
using Facteur.Accounts.Sessions;
using Facteur.Storage;
using Facteur.Web.Requests;
using Facteur.Web.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Facteur.Web.Pages;

/// <summary>A page of ours. All of them work without scripts.</summary>
public abstract class WebPage : PageModel
{
    /// <summary>Pages of the settings, for the menu.</summary>
    public static readonly IReadOnlyList<(string Path, string Key)> Menu =
    [
        ("/settings/general", "Menu.General"), ("/settings/inbox", "Menu.Inbox"), ("/settings/labels", "Menu.Labels"), ("/settings/contacts", "Menu.Contacts"), ("/settings/accounts", "Menu.Accounts"), ("/settings/filters", "Menu.Filters"), ("/settings/vacation", "Menu.Vacation"),
        ("/settings/forwarding-pop-imap", "Menu.Forwarding"), ("/settings/security", "Menu.SecurityGroup"), ("/settings/notifications", "Menu.Notifications"), ("/settings/offline", "Menu.Offline"), ("/settings/appearance", "Menu.Appearance"), ("/settings/data", "Menu.Data"),
    ];

    /// <summary>Pages below one of the menu, shown while one is among them.</summary>
    public static readonly IReadOnlyList<(string Path, string Key)> SecurityMenu =
    [
        ("/settings/security", "Menu.Security"), ("/settings/security/password", "Menu.Password"), ("/settings/security/two-step", "Menu.TwoStep"),
        ("/settings/security/passkeys", "Menu.Passkeys"), ("/settings/security/app-passwords", "Menu.AppPasswords"), ("/settings/security/programs", "Menu.Programs"),
    ];

    /// <summary>Heading and title.</summary>
    public abstract string Title { get; }

    /// <summary>One column in the middle, without the menu.</summary>
    public virtual bool IsNarrow => false;

    /// <summary>What was done, in words.</summary>
    public string? Notice { get; protected set; }

    /// <summary>Why it was not.</summary>
    public string? Complaint { get; protected set; }

    public WebRequest Web => HttpContext.Web();
    public WebText T => Web.Text;
    protected WebServices Services => Web.Services;
    protected CancellationToken Cancel => HttpContext.RequestAborted;

    /// <summary>A field of the form, or "".</summary>
    protected string Field(string name) => Request.HasFormContentType ? Request.Form[name].ToString() : "";

    /// <summary>A field that is a whole number, within its bounds; null for all else.</summary>
    protected int? Number(string name, int min, int max) =>
        int.TryParse(Field(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max ? number : null;

    /// <summary>Every value of a field.</summary>
    protected IReadOnlyList<string> Fields(string name) => Request.HasFormContentType ? [.. Request.Form[name].OfType<string>()] : [];

    /// <summary>Why something cannot be, in the language of the page where there are words for it.</summary>
    protected string Why(AccountRuleException refused) => T.Of(refused);

    /// <summary>On to a page of ours, with GET.</summary>
    protected IActionResult GoTo(string path)
    {
        Response.Headers.Location = path;
        return new StatusCodeResult(StatusCodes.Status303SeeOther);
    }

    /// <summary>The page again, with why it was not done.</summary>
    protected PageResult Refuse(string complaint, int status = StatusCodes.Status400BadRequest)
    {
        Complaint = complaint;
        Response.StatusCode = status;
        return Page();
    }

    /// <summary>Signs the browser in: whoever it was before is signed out, and every secret is new.</summary>
    internal static async ValueTask SignInAsync(HttpContext context, SignInAnswer answer)
    {
        var web = context.Web();
        if (web.Session is { } former) await web.Services.Sessions.RemoveAsync(former, context.RequestAborted);
        var session = answer.Session!;
        WebCookies.Write(context, WebCookies.Session, answer.Secret!, session.IsLasting ? session.Ends - session.Created : null);
        WebCookies.Remove(context, WebCookies.Pending);
        web.ForgetVisitor();
    }
}

/// <summary>A page for who is signed in; others are sent to the sign-in and come back.</summary>
public abstract class SignedInPage : WebPage
{
    /// <summary>Open to who still has to add a second factor.</summary>
    protected virtual bool IsForEnrolling => false;

    public AccountRecord Account => Web.Account!;
    public WebSession Session => Web.Session!;

    /// <summary>How its owner wants the pages, read before the page is.</summary>
    public WebmailSetting Setting { get; protected set; } = new();

    /// <summary>Whether this is the password of the account that is signed in.</summary>
    protected ValueTask<bool> IsOwnPasswordAsync(string password) => Services.SignIn.IsPasswordAsync(Account, password, Web.Client, Cancel);

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        if (Web.Session is null)
        {
            var here = HttpMethods.IsGet(Request.Method) ? Request.Path + Request.QueryString.ToUriComponent() : Request.Path.Value;
            context.Result = GoTo("/signin?next=" + Uri.EscapeDataString(here ?? ReturnPath.Default));
        }
        else if (Web.Session.MustEnroll && !IsForEnrolling) context.Result = GoTo("/settings/security/two-step");
        else
        {
            if (Request.Query["done"].ToString() is { Length: > 0 and < 30 } done) Notice = WebText.Has("Done." + done) ? T["Done." + done] : null;
            Setting = await Services.Webmail.ReadAsync(Account.Id, Cancel);
            await next();
        }
    }
}
