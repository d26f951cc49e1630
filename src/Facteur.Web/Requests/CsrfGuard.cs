using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Facteur.Web.Requests;

/// <summary>On endpoints that take no cookie (tokens): a forged form has nothing to gain there.</summary>
internal sealed class NoCookies
{
    public static readonly NoCookies Instance = new();
}

/// <summary>On endpoints that find out themselves who asks, and what of it may be forged: JMAP.</summary>
internal sealed class OwnAuthentication
{
    public static readonly OwnAuthentication Instance = new();
}

/// <summary>On endpoints that read a long form while it comes: they look at its token themselves, before anything else of it.</summary>
internal sealed class StreamedForm
{
    public static readonly StreamedForm Instance = new();
}

/// <summary>On pages whose forms are longer than others: scripts.</summary>
/// <param name="octets">Of the whole form, as it is encoded.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class LongFormAttribute(int octets) : Attribute
{
    public int Octets { get; } = octets;
}

/// <summary>
/// Changes come from our own pages alone: what is sent must carry the token of a form of this browser, and the browser must not say that
/// another site sent it.
/// </summary>
internal static class CsrfGuard
{
    public const string Field = "form";
    public const string Header = "X-Facteur-Form";

    /// <summary>Whether the request may go on.</summary>
    public static async ValueTask<bool> AllowsAsync(HttpContext context, string origin)
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method)) return true;
        if (context.GetEndpoint()?.Metadata.GetMetadata<NoCookies>() is not null) return true;
        if (request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site && site is not ("same-origin" or "none")) return false;
        if (request.Headers.Origin.ToString() is { Length: > 0 } sender && !IsOwn(sender, request, origin)) return false;
        if (request.Headers[Header].ToString() is { Length: > 0 } token) return context.Web().IsOwnForm(token);
        if (context.GetEndpoint()?.Metadata.GetMetadata<StreamedForm>() is not null) return true;
        if (!request.HasFormContentType) return false;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = context.GetEndpoint()?.Metadata.GetMetadata<LongFormAttribute>()?.Octets ?? WebOptions.MaxFormOctets;
        if (context.GetEndpoint()?.Metadata.GetMetadata<LongFormAttribute>() is { } longer)
            context.Features.Set<IFormFeature>(new FormFeature(request, new FormOptions { ValueCountLimit = 20, KeyLengthLimit = 200, ValueLengthLimit = longer.Octets, BufferBodyLengthLimit = longer.Octets }));
        try
        {
            return context.Web().IsOwnForm((await request.ReadFormAsync(context.RequestAborted))[Field].ToString());
        }
        catch (Exception e) when (e is InvalidDataException or BadHttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Whether a value of Origin is this server as the browser sees it.</summary>
    public static bool IsOwn(string sender, HttpRequest request, string origin) => sender == origin || sender == $"{request.Scheme}://{request.Host}";
}
