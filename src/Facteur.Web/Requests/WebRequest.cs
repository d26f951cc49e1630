using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Facteur.Accounts;
using Facteur.Accounts.Sessions;
using Facteur.Storage;
using Facteur.Web.Text;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Http;

namespace Facteur.Web.Requests;

/// <summary>What is known of one request beyond HTTP: who is signed in, the language, the secret of its forms.</summary>
public sealed class WebRequest
{
    private const int VisitorOctets = 16, TokenOctets = HMACSHA256.HashSizeInBytes;
    private readonly HttpContext context;
    private readonly byte[] key;
    private string? visitor;

    internal WebRequest(HttpContext context, WebServices services, byte[] key)
    {
        (this.context, Services, this.key) = (context, services, key);
        visitor = WebCookies.Read(context, WebCookies.Visitor);
    }

    internal WebServices Services { get; }

    /// <summary>The session of the browser and its account; both null when nobody is signed in.</summary>
    public WebSession? Session { get; internal set; }

    /// <inheritdoc cref="Session"/>
    public AccountRecord? Account { get; internal set; }

    /// <summary>Texts in the language of the person.</summary>
    public WebText Text { get; internal set; } = WebText.English;

    /// <summary>The other end as logins see it.</summary>
    public LoginClient Client => new(MailProtocol.Webmail, ClientAddress.Of(context))
    {
        IsEncrypted = context.Request.IsHttps,
        Program = Printable(context.Request.Headers.UserAgent.ToString()),
        CertificateHash = context.Connection.ClientCertificate is { } certificate ? Convert.ToHexStringLower(SHA256.HashData(certificate.RawData)) : null,
    };

    /// <summary>
    /// What a form of this page sends back: a form that another site sends in the browser's name does not know it. Masked by octets that are other ones each time it is asked
    /// for, so that the length of a page that is compressed tells nothing of it.
    /// </summary>
    public string FormToken
    {
        get
        {
            if (Session is null && visitor is null)
            {
                visitor = Convert.ToHexString(RandomNumberGenerator.GetBytes(VisitorOctets));
                WebCookies.Write(context, WebCookies.Visitor, visitor);
            }
            Span<byte> masked = stackalloc byte[2 * TokenOctets];
            RandomNumberGenerator.Fill(masked[..TokenOctets]);
            Mask(OwnToken(), masked[..TokenOctets], masked[TokenOctets..]);
            return Convert.ToHexString(masked);
        }
    }

    /// <summary>The hidden field with <see cref="FormToken"/>; each form that is posted has one.</summary>
    public IHtmlContent FormField => new HtmlString($"<input type=\"hidden\" name=\"{CsrfGuard.Field}\" value=\"{FormToken}\">");

    internal bool IsOwnForm(string token)
    {
        Span<byte> masked = stackalloc byte[2 * TokenOctets];
        if (Session is null && visitor is null || Convert.FromHexString(token, masked, out _, out var written) != OperationStatus.Done || written != masked.Length) return false;
        Mask(masked[TokenOctets..], masked[..TokenOctets], masked[TokenOctets..]);
        return CryptographicOperations.FixedTimeEquals(masked[TokenOctets..], OwnToken());
    }

    /// <summary>The browser is someone else's from now on: what it had before is worth nothing.</summary>
    internal void ForgetVisitor()
    {
        visitor = null;
        WebCookies.Remove(context, WebCookies.Visitor);
    }

    private byte[] OwnToken() => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes("form " + (Session is { } session ? "session " + session.Key : "visitor " + visitor)));

    private static void Mask(ReadOnlySpan<byte> token, ReadOnlySpan<byte> mask, Span<byte> masked)
    {
        for (var at = 0; at < TokenOctets; at++) masked[at] = (byte)(token[at] ^ mask[at]);
    }

    internal static string Printable(string text) =>
        string.Concat((text.Length > 300 ? text[..300] : text).Where(c => !char.IsControl(c) && !char.IsSurrogate(c)));
}

/// <summary>The way from a page to its <see cref="WebRequest"/>.</summary>
public static class WebRequestExtensions
{
    public static WebRequest Web(this HttpContext context) => context.Features.Get<WebRequest>() ?? throw new InvalidOperationException("the web part is not in this pipeline");

    /// <summary>Texts in the language of the person who asks.</summary>
    public static WebText T(this HttpContext context) => context.Web().Text;
}
