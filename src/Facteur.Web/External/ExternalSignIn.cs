using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Facteur.Accounts;
using Facteur.Accounts.Sessions;
using Facteur.Net.Dialing;
using Facteur.Storage;
using Facteur.Web.Pages;
using Facteur.Web.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Facteur.Web.External;

/// <summary>What is remembered of a sign-in while its person is at the provider; sealed in a cookie.</summary>
internal sealed record ExternalState(string Provider, string State, string Nonce, string Verifier, string Next);

[JsonSerializable(typeof(ExternalState))]
internal sealed partial class ExternalJson : JsonSerializerContext;

/// <summary>
/// Sign-in by the word of another provider: OpenID Connect, authorization code with PKCE (RFC 7636), state and nonce. The answer counts
/// only for the provider that was asked, in the browser that asked (RFC 9207 against mix-up).
/// </summary>
internal sealed partial class ExternalSignIn(WebServices web, OidcDocuments documents, FetchAsync fetch, ILogger<ExternalSignIn> logger)
{
    private const string Callback = "/signin/external/callback", Purpose = "external", KeyName = "web";
    private const int MaxTokenOctets = 64 * 1024;
    private static readonly TimeSpan patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan deadline = TimeSpan.FromSeconds(15);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Callback, FinishAsync);
        routes.MapGet("/signin/external/{provider}", BeginAsync);
    }

    private async Task BeginAsync(string provider, HttpContext context)
    {
        var cancel = context.RequestAborted;
        if (await web.Providers.FindAsync(provider, cancel) is not { } found)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        try
        {
            var metadata = await documents.MetadataAsync(found.Setting, cancel);
            var state = new ExternalState(found.Id, OpaqueToken.New(), OpaqueToken.New(), OpaqueToken.New(), ReturnPath.Clean(context.Request.Query["next"]));
            var json = JsonSerializer.SerializeToUtf8Bytes(state, ExternalJson.Default.ExternalState);
            if (json.Length > 2_500) json = JsonSerializer.SerializeToUtf8Bytes(state with { Next = ReturnPath.Default }, ExternalJson.Default.ExternalState); // a cookie holds 4 KB
            WebCookies.Write(context, WebCookies.External, SealedCookie.Seal(await KeyAsync(cancel), Purpose, json, web.Time.GetUtcNow() + patience));
            GoTo(context, QueryHelpers.AddQueryString(metadata.Authorization.AbsoluteUri, new Dictionary<string, string?>
            {
                ["response_type"] = "code",
                ["client_id"] = found.Setting.ClientId,
                ["redirect_uri"] = web.Options.Origin + Callback,
                ["scope"] = "openid email profile",
                ["state"] = state.State,
                ["nonce"] = state.Nonce,
                ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(state.Verifier))),
                ["code_challenge_method"] = "S256",
            }));
        }
        catch (OidcException e)
        {
            Fail(context, found.Id, e.Message);
        }
    }

    private async Task FinishAsync(HttpContext context)
    {
        var cancel = context.RequestAborted;
        var cookie = WebCookies.Read(context, WebCookies.External);
        WebCookies.Remove(context, WebCookies.External);
        var json = cookie is null ? null : SealedCookie.Open(await KeyAsync(cancel), Purpose, cookie, web.Time.GetUtcNow());
        var begun = json is null ? null : JsonSerializer.Deserialize(json, ExternalJson.Default.ExternalState);
        var query = context.Request.Query;
        if (begun is null || query["state"].Count != 1 || !OpaqueToken.Same(begun.State, query["state"].ToString()))
        {
            Fail(context, begun?.Provider ?? "?", "the answer is to no question of this browser");
            return;
        }
        try
        {
            await SignInAsync(context, begun, cancel);
        }
        catch (OidcException e)
        {
            Fail(context, begun.Provider, e.Message);
        }
    }

    private async Task SignInAsync(HttpContext context, ExternalState begun, CancellationToken cancel)
    {
        var provider = await web.Providers.FindAsync(begun.Provider, cancel) ?? throw new OidcException("the provider is not set any more");
        var metadata = await documents.MetadataAsync(provider.Setting, cancel);
        var query = context.Request.Query;
        var issuer = query["iss"].ToString();
        // RFC 9207 §2.4: the answer must be of the server that was asked.
        if (issuer.Length > 0 ? issuer != provider.Setting.Issuer : metadata.SendsIssuer) throw new OidcException("the answer is of another issuer");
        if (query["code"] is not [{ Length: > 0 } code]) throw new OidcException($"the provider answered {Printable(query["error"].ToString())}");
        var idToken = await RedeemAsync(provider.Setting, metadata, code, begun.Verifier, cancel);
        var keys = await documents.KeysAsync(metadata, IdTokens.KeyOf(idToken), cancel);
        var token = await IdTokens.CheckAsync(idToken, provider.Setting, keys, begun.Nonce, web.Time.GetUtcNow());
        var account = await AccountOfAsync(provider, token, cancel);
        var answer = await web.SignIn.ExternalAsync(account, context.Web().Client, provider.Setting.IsSecondFactor, cancel);
        if (answer.NeedsCode)
        {
            WebCookies.Write(context, WebCookies.Pending, answer.Secret!);
            GoTo(context, "/signin/code?next=" + Uri.EscapeDataString(begun.Next));
            return;
        }
        if (answer.Session is null) throw new OidcException($"{account.Address} may not sign in: {answer.Refusal} {answer.Reason?.Code}");
        await WebPage.SignInAsync(context, answer);
        LogSignedIn(account.Address, provider.Id, ClientAddress.Of(context).ToString());
        GoTo(context, begun.Next);
    }

    /// <summary>The code for an ID token, straight from the provider (OpenID Connect Core 1.0 §3.1.3).</summary>
    private async ValueTask<string> RedeemAsync(OidcSetting provider, OidcMetadata metadata, string code, string verifier, CancellationToken cancel)
    {
        var form = new List<KeyValuePair<string, string>>
        {
            new("grant_type", "authorization_code"), new("code", code), new("redirect_uri", web.Options.Origin + Callback), new("code_verifier", verifier),
        };
        var headers = new List<KeyValuePair<string, string>> { new("Accept", "application/json") };
        if (provider.Secret is { } secret && metadata.TakesBasic)
            headers.Add(new("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(provider.ClientId)}:{Uri.EscapeDataString(secret)}"))));
        else form.AddRange(provider.Secret is { } plain ? [new("client_id", provider.ClientId), new("client_secret", plain)] : [new("client_id", provider.ClientId)]);
        var request = new HttpFetchRequest(metadata.Token)
        {
            Method = HttpMethod.Post, Content = new FormUrlEncodedContent(form), Headers = headers, MaxOctets = MaxTokenOctets, Deadline = deadline,
        };
        var answer = await fetch(request, cancel);
        if (!answer.IsSuccess) throw new OidcException($"the token endpoint: {answer.Sentence}");
        try
        {
            using var json = JsonDocument.Parse(answer.Body);
            return json.RootElement.TryGetProperty("id_token", out var token) && token.ValueKind == JsonValueKind.String ? token.GetString()! : throw new OidcException("there is no ID token");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new OidcException("the token endpoint answers no JSON object");
        }
    }

    private async ValueTask<AccountRecord> AccountOfAsync(OidcProvider provider, JsonWebToken token, CancellationToken cancel)
    {
        var setting = provider.Setting;
        if (IdTokens.Text(token, setting.Claim) is not { } claim || !EmailAddress.TryParse(claim, out var address)) throw new OidcException($"the claim {setting.Claim} is no address");
        if (setting.Claim == "email" && !setting.TrustUnverified && !IdTokens.IsTrue(token, "email_verified")) throw new OidcException("the provider has not verified the address");
        // A provider of one domain says nothing about people of another.
        if (provider.Domain is { } domain && domain.Name != address.Domain) throw new OidcException($"{address} is not of {domain.Name}");
        if (await web.Store.Directory.FindAccountAsync(address.ToString(), cancel) is { } account) return account;
        if (!setting.Create) throw new OidcException($"there is no account {address}");
        try
        {
            return (await web.Accounts.AddAccountAsync(address.ToString(), IdTokens.Text(token, "name") is { Length: <= 100 } name && EmailAddress.IsPlainText(name) ? name : null, null, cancel)).Account;
        }
        catch (Exception e) when (e is AccountRuleException or StoreRefusedException)
        {
            throw new OidcException($"no account could be made for {address}: {e.Message}");
        }
    }

    private ValueTask<byte[]> KeyAsync(CancellationToken cancel) => web.Secrets.GetAsync(KeyName, cancel);

    private void Fail(HttpContext context, string provider, string why)
    {
        LogRefused(provider, ClientAddress.Of(context).ToString(), why);
        GoTo(context, "/signin?why=external");
    }

    private static void GoTo(HttpContext context, string target)
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = target;
    }

    private static string Printable(string text) => string.Concat((text.Length > 60 ? text[..60] : text).Where(c => c is >= ' ' and < (char)127));

    [LoggerMessage(LogLevel.Information, "{Account} signed in through {Provider} from {Remote}", EventName = "ExternalSignedIn")]
    private partial void LogSignedIn(string account, string provider, string remote);

    [LoggerMessage(LogLevel.Warning, "A sign-in through {Provider} from {Remote} was refused: {Why}", EventName = "ExternalRefused")]
    private partial void LogRefused(string provider, string remote, string why);
}
