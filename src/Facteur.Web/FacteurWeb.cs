using System.IO.Compression;
using System.Xml.Linq;
using Facteur.Web.Assets;
using Facteur.Web.External;
using Facteur.Web.Mail;
using Facteur.Web.OAuth;
using Facteur.Web.Pages;
using Facteur.Web.Passkeys;
using Facteur.Web.Reading;
using Facteur.Web.Requests;
using Facteur.Web.Transfer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Facteur.Web;

/// <summary>
/// The web part in a host's pipeline. Invariants: every answer has the header fields of <see cref="SecurityHeaders"/>; nothing that a cookie
/// lets in is changed without a form token; a page never asks another site for anything.
/// </summary>
public static class FacteurWeb
{
    private const string JmapApi = "/jmap", MailPage = "/mail";

    public static void AddFacteurWeb(this IServiceCollection services, WebServices web)
    {
        services.AddSingleton(web);
        services.AddSingleton<WebPipeline>();
        services.AddLogging();
        services.AddRouting();
        services.Configure<FormOptions>(form =>
        {
            form.ValueCountLimit = 200;
            form.KeyLengthLimit = 200;
            form.ValueLengthLimit = 16 * 1024;
        });
        services.AddRazorPages(pages => pages.Conventions.ConfigureFilter(new IgnoreAntiforgeryTokenAttribute())) // CsrfGuard does it for all routes
            .ConfigureApplicationPartManager(parts =>
            {
                parts.ApplicationParts.Clear();
                parts.ApplicationParts.Add(new AssemblyPart(typeof(FacteurWeb).Assembly));
                parts.ApplicationParts.Add(new CompiledRazorAssemblyPart(typeof(FacteurWeb).Assembly));
            });
        // An answer of JMAP is mostly names of properties, and the page of the webmail brings such answers: a fifth is left of them, which over a slow line is what the first list
        // waits for. Beside what strangers can write they hold no secret but the token of a form, which is masked anew in each page (WebRequest); other pages go out as they are.
        services.AddResponseCompression(compression =>
        {
            compression.EnableForHttps = true;
            compression.MimeTypes = ["application/json", "text/html"];
        });
        // Nothing of ours uses its keys, and it must not write any into a home directory, nor warn that what is written nowhere is not encrypted.
        services.Configure<KeyManagementOptions>(keys => (keys.XmlRepository, keys.XmlEncryptor) = (new NoKeys(), new NullXmlEncryptor()));
    }

    /// <summary>For the page that is sent once a visit: a quarter smaller than what is quickest to make.</summary>
    private static ResponseCompressionProvider Smaller(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<ResponseCompressionOptions>>().Value;
        var smaller = new ResponseCompressionOptions { EnableForHttps = options.EnableForHttps, MimeTypes = options.MimeTypes };
        smaller.Providers.Add(new BrotliCompressionProvider(Options.Create(new BrotliCompressionProviderOptions { Level = CompressionLevel.Optimal })));
        smaller.Providers.Add(new GzipCompressionProvider(Options.Create(new GzipCompressionProviderOptions { Level = CompressionLevel.Optimal })));
        return new ResponseCompressionProvider(services, Options.Create(smaller));
    }

    /// <summary>Adds middleware and routes; those of the host's own may follow.</summary>
    public static void UseFacteurWeb(this WebApplication application)
    {
        var pipeline = application.Services.GetRequiredService<WebPipeline>();
        application.Use(pipeline.EnterAsync);
        application.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromMinutes(2), KeepAliveTimeout = TimeSpan.FromMinutes(1) });
        application.UseWhen(static context => context.Request.Path == JmapApi, static compressed => compressed.UseResponseCompression());
        application.UseWhen(static context => context.Request.Path == MailPage, static compressed => compressed.UseMiddleware<ResponseCompressionMiddleware>(Smaller(compressed.ApplicationServices)));
        application.UseRouting();
        application.Use(pipeline.IdentifyAsync);
        StaticAssets.Map(application);
        MailAssets.Map(application);
        MailWorker.Map(application);
        var web = application.Services.GetRequiredService<WebServices>();
        OAuthEndpoints.Map(application, web);
        PasskeyEndpoints.Map(application, web);
        new ExternalSignIn(web, new OidcDocuments(web.Fetch, web.Time), web.Fetch, web.Loggers.CreateLogger<ExternalSignIn>()).Map(application);
        new ImportEndpoint(web, web.Loggers.CreateLogger<ImportEndpoint>()).Map(application);
        new ContactImportEndpoint(web).Map(application);
        LanguageChoice.Map(application);
        web.Jmap.Map(application.MapGroup("").WithMetadata(OwnAuthentication.Instance));
        ReadingEndpoints.Map(application, web);
        application.MapRazorPages();
    }

    private sealed class NoKeys : IXmlRepository
    {
        private readonly List<XElement> keys = [];

        public IReadOnlyCollection<XElement> GetAllElements()
        {
            lock (keys) return [.. keys];
        }

        public void StoreElement(XElement element, string friendlyName)
        {
            lock (keys) keys.Add(element);
        }
    }
}
