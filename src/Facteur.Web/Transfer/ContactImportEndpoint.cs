using Facteur.Accounts.Contacts;
using Facteur.Storage;
using Facteur.Web.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Facteur.Web.Transfer;

/// <summary>Takes a file of vCards from the page « Contacts » while it comes: the token of the form stands before it and is looked at first.</summary>
internal sealed class ContactImportEndpoint(WebServices services)
{
    private const string Page = "/settings/contacts";

    public void Map(IEndpointRouteBuilder routes) => routes.MapPost(Page + "/import", RunAsync).WithMetadata(StreamedForm.Instance);

    private async Task RunAsync(HttpContext context)
    {
        var web = context.Web();
        if (web.Session is null or { MustEnroll: true } || web.Account is not { } account || ImportEndpoint.Boundary(context.Request) is not { } boundary)
        {
            ImportEndpoint.Go(context, "/signin?next=" + Uri.EscapeDataString(Page));
            return;
        }
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = ContactBook.MaxFileOctets + (64 * 1024);
        ImportEndpoint.Go(context, $"{Page}?why={await TakeAsync(context, web, account, boundary)}#import");
    }

    /// <summary>Answers what the page is to say; "done" when it is in what was kept.</summary>
    private async ValueTask<string> TakeAsync(HttpContext context, WebRequest web, AccountRecord account, string boundary)
    {
        try
        {
            var reader = new MultipartReader(boundary, context.Request.Body) { HeadersCountLimit = 10, HeadersLengthLimit = 4 * 1024 };
            for (var isOwn = false; await reader.ReadNextSectionAsync(context.RequestAborted) is { } section;)
            {
                if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var part)) break;
                var name = HeaderUtilities.RemoveQuotes(part.Name).ToString();
                if (name == CsrfGuard.Field) isOwn = web.IsOwnForm(await ImportEndpoint.ReadAsync(section.Body, context.RequestAborted) ?? "");
                else if (name == "file") return !isOwn ? "form" : HeaderUtilities.RemoveQuotes(part.FileName).Length == 0 && part.FileNameStar.Length == 0 ? "nofile" : await ImportAsync(account, section.Body, context.RequestAborted);
                else break;
            }
            return "form";
        }
        catch (Exception e) when (e is InvalidDataException or BadHttpRequestException or IOException)
        {
            return "broken";
        }
    }

    private async ValueTask<string> ImportAsync(AccountRecord account, Stream file, CancellationToken cancel)
    {
        services.ContactImports.Forget(account.Id);
        services.ContactImports.Keep(account.Id, await services.Contacts.ImportAsync(account.Id, file, cancel));
        return "done";
    }
}
