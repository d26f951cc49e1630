using Facteur.Storage;
using Facteur.Web.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Facteur.Web.Transfer;

/// <summary>Takes the file of the form on the page « Données » while it comes: the token of the form stands before it and is looked at first.</summary>
internal sealed partial class ImportEndpoint(WebServices services, ILogger<ImportEndpoint> logger)
{
    private const string Page = "/settings/data";

    /// <summary>Longest file; an archive is kept on disk while it is read.</summary>
    private const long MaxOctets = 8L * 1024 * 1024 * 1024, MaxArchiveOctets = 2L * 1024 * 1024 * 1024;

    private const int MaxField = 1_000, MaxFields = 10;

    public void Map(IEndpointRouteBuilder routes) => routes.MapPost(Page + "/import", RunAsync).WithMetadata(StreamedForm.Instance);

    private async Task RunAsync(HttpContext context)
    {
        var web = context.Web();
        if (web.Session is null or { MustEnroll: true } || web.Account is not { } account || Boundary(context.Request) is not { } boundary)
        {
            Go(context, "/signin?next=" + Uri.EscapeDataString(Page));
            return;
        }
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = MaxOctets + (1024 * 1024);
        var reader = new MultipartReader(boundary, context.Request.Body) { HeadersCountLimit = 10, HeadersLengthLimit = 4 * 1024 };
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        while (await reader.ReadNextSectionAsync(context.RequestAborted) is { } section)
        {
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var part)) break;
            var name = HeaderUtilities.RemoveQuotes(part.Name).ToString();
            if (name == "file")
            {
                var file = (HeaderUtilities.RemoveQuotes(part.FileNameStar.HasValue ? part.FileNameStar : part.FileName).ToString() is { Length: > 0 } given ? given : "").Split('/', '\\')[^1];
                Go(context, Page + (!web.IsOwnForm(fields.GetValueOrDefault(CsrfGuard.Field, "")) ? "?why=form" : await TakeAsync(context, account, section.Body, file, fields)));
                return;
            }
            if (fields.Count >= MaxFields || await ReadAsync(section.Body, context.RequestAborted) is not { } value) break;
            fields[name] = value;
        }
        Go(context, Page + "?why=form");
    }

    /// <summary>Answers what the page is to say.</summary>
    private async ValueTask<string> TakeAsync(HttpContext context, AccountRecord account, Stream body, string file, Dictionary<string, string> fields)
    {
        if (file.Length == 0) return "?why=nofile";
        var into = fields.GetValueOrDefault("into", "").Trim();
        if (!MailboxName.TryNormalize(into, out var mailbox)) return "?why=name";
        var report = new ImportReport { FileName = file.Length > 200 ? file[..200] : file, Begun = services.Time.GetUtcNow(), Total = context.Request.ContentLength };
        if (services.Imports.Begin(account.Id, report) is null) return "?why=busy";
        try
        {
            await using var sink = new ImportSink(services.Store, account.Id, services.Time, report, fields.GetValueOrDefault("seen") == "yes");
            await ImportAsync(new MailImport(sink, report, mailbox, fields.GetValueOrDefault("folders") == "yes"), new ProgressStream(body, report), report.FileName, context.RequestAborted);
        }
        catch (StoreRefusedException e)
        {
            report.Ended = e.Reason == StoreRefusal.OverQuota ? "Import.OverQuota" : "Import.Refused";
        }
        catch (Exception e) when (e is InvalidDataException or BadHttpRequestException)
        {
            report.Ended = "Import.Unreadable";
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            report.Ended = "Import.Broken";
        }
        catch (Exception e)
        {
            report.Ended = "Import.Failed";
            LogFailed(e, account.Address);
        }
        finally
        {
            services.Imports.End(report);
        }
        return "#import";
    }

    private static async ValueTask ImportAsync(MailImport import, Stream body, string file, CancellationToken cancel)
    {
        if (!Path.GetExtension(file).Equals(".zip", StringComparison.OrdinalIgnoreCase))
        {
            await import.RunAsync(body, file, cancel);
            return;
        }
        // The list of an archive stands at its end.
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var kept = new FileStream(Path.Combine(Path.GetTempPath(), $"facteur-import-{Guid.NewGuid():N}"), options);
        var buffer = new byte[64 * 1024];
        for (int read; (read = await body.ReadAsync(buffer, cancel)) > 0;)
        {
            if (kept.Length + read > MaxArchiveOctets) throw new InvalidDataException("the archive is too long");
            await kept.WriteAsync(buffer.AsMemory(0, read), cancel);
        }
        await import.RunAsync(kept, file, cancel);
    }

    internal static string? Boundary(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
        && HeaderUtilities.RemoveQuotes(type.Boundary).ToString() is { Length: > 0 and <= 100 } boundary ? boundary : null;

    /// <summary>A short field; null for a long one.</summary>
    internal static async ValueTask<string?> ReadAsync(Stream body, CancellationToken cancel)
    {
        var buffer = new byte[MaxField + 1];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancel);
        return length > MaxField ? null : System.Text.Encoding.UTF8.GetString(buffer, 0, length);
    }

    internal static void Go(HttpContext context, string path)
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = path;
        // What was not read is not read any more.
        context.Response.Headers.Connection = context.Request.Protocol == HttpProtocol.Http11 ? "close" : context.Response.Headers.Connection;
    }

    [LoggerMessage(LogLevel.Error, "An import of {Account} failed", EventName = "ImportFailed")]
    private partial void LogFailed(Exception e, string account);

    /// <summary>Tells the report how far it is.</summary>
    private sealed class ProgressStream(Stream body, ImportReport report) : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => report.Read; set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await body.ReadAsync(buffer, cancellationToken);
            report.Read += read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override void Flush() => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
