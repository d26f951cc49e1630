using System.Text.Json;
using System.Text.Json.Nodes;
using Facteur.Accounts;
using Facteur.Accounts.Sessions;
using Facteur.Storage;
using Facteur.Web.Pages;
using Facteur.Web.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Facteur.Web.Passkeys;

/// <summary>
/// What the script of the passkey buttons asks (WebAuthn level 3): options with a challenge, then the answer of the device. The challenge waits
/// in a sealed cookie, not in the store, so that nobody fills the store with them; one that was answered is remembered until it is over.
/// </summary>
internal sealed partial class PasskeyEndpoints(WebServices web, IServiceProvider services)
{
    private const string SignInPurpose = "passkey signin", AddPurpose = "passkey add", KeyName = "web", UsedSpace = "passkey-used";
    private const int MaxOctets = 32 * 1024, MaxLabel = 100;
    private static readonly TimeSpan patience = TimeSpan.FromMinutes(5);

    private readonly PasskeyHandler<AccountRecord> handler = new(Users(web, services), Options.Create(OptionsOf(web.Options)));
    private readonly ILogger logger = web.Loggers.CreateLogger<PasskeyEndpoints>();
    private readonly AddressRates rate = new(60, TimeSpan.FromMinutes(1), web.Time);

    public static void Map(IEndpointRouteBuilder routes, WebServices web)
    {
        var endpoints = new PasskeyEndpoints(web, routes.ServiceProvider);
        routes.MapPost("/signin/passkey/options", endpoints.OptionsForSignInAsync);
        routes.MapPost("/signin/passkey", endpoints.SignInAsync);
        routes.MapPost("/settings/security/passkeys/options", endpoints.OptionsForAddingAsync);
        routes.MapPost("/settings/security/passkeys/add", endpoints.AddAsync);
    }

    private async Task OptionsForSignInAsync(HttpContext context)
    {
        // No user name: the device offers the accounts it has keys for, and nobody learns which accounts exist.
        var options = await handler.MakeRequestOptionsAsync(null, context);
        await KeepAsync(context, SignInPurpose, options.AssertionState);
        await WriteAsync(context, options.RequestOptionsJson);
    }

    private async Task SignInAsync(HttpContext context)
    {
        if (!rate.Allow(ClientAddress.Of(context)))
        {
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            return;
        }
        if (await ReadAsync(context) is not { } asked || await TakeAsync(context, SignInPurpose) is not { } state)
        {
            await RefuseAsync(context, context.T()["Passkeys.Failed"]);
            return;
        }
        var result = await handler.PerformAssertionAsync(new PasskeyAssertionContext { HttpContext = context, CredentialJson = asked.Credential, AssertionState = state });
        var cancel = context.RequestAborted;
        if (!result.Succeeded || await web.Passkeys.FindAsync(result.Passkey.CredentialId, cancel) is not { } credential || !await IsFirstAsync(state, cancel))
        {
            LogRefused(ClientAddress.Of(context).ToString(), result.Failure?.Message ?? "unknown or used");
            await RefuseAsync(context, context.T()["Passkeys.Failed"]);
            return;
        }
        await web.Passkeys.AddOrUpdatePasskeyAsync(result.User, result.Passkey, cancel);
        var now = web.Time.GetUtcNow();
        await web.Store.Directory.NoteCredentialsUsedAsync([(credential.Id, now, ClientAddress.Of(context).ToString())], cancel);
        var answer = await web.SignIn.PasskeyAsync(result.User, credential, context.Web().Client, asked.Remember, cancel);
        if (answer.Session is null)
        {
            await RefuseAsync(context, answer.Reason?.In(context.T().Language) ?? context.T()["SignIn.NotAllowed"]);
            return;
        }
        await WebPage.SignInAsync(context, answer);
        await WriteAsync(context, new JsonObject { ["next"] = ReturnPath.Clean(asked.Next) }.ToJsonString());
    }

    private async Task OptionsForAddingAsync(HttpContext context)
    {
        if (context.Web() is not { Account: { } account, Session.MustEnroll: false })
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }
        var user = new PasskeyUserEntity { Id = await web.Passkeys.GetUserIdAsync(account, context.RequestAborted), Name = account.Address, DisplayName = account.DisplayName.Length > 0 ? account.DisplayName : account.Address };
        var options = await handler.MakeCreationOptionsAsync(user, context);
        await KeepAsync(context, AddPurpose, options.AttestationState);
        await WriteAsync(context, options.CreationOptionsJson);
    }

    private async Task AddAsync(HttpContext context)
    {
        if (context.Web() is not { Account: { } account, Session.MustEnroll: false } || await ReadAsync(context) is not { } asked || await TakeAsync(context, AddPurpose) is not { } state)
        {
            await RefuseAsync(context, context.T()["Passkeys.Failed"]);
            return;
        }
        var result = await handler.PerformAttestationAsync(new PasskeyAttestationContext { HttpContext = context, CredentialJson = asked.Credential, AttestationState = state });
        var isOwn = result.Succeeded && result.UserEntity.Id == await web.Passkeys.GetUserIdAsync(account, context.RequestAborted);
        if (!isOwn || !result.Succeeded)
        {
            LogRefused(ClientAddress.Of(context).ToString(), result.Failure?.Message ?? "of another account");
            await RefuseAsync(context, context.T()["Passkeys.Failed"]);
            return;
        }
        result.Passkey.Name = asked.Label;
        try
        {
            await web.Passkeys.AddOrUpdatePasskeyAsync(account, result.Passkey, context.RequestAborted);
        }
        catch (AccountRuleException e)
        {
            await RefuseAsync(context, context.T().Of(e));
            return;
        }
        await WriteAsync(context, new JsonObject { ["next"] = "/settings/security/passkeys?done=passkey" }.ToJsonString());
    }

    private sealed record Asked(string Credential, string Next, string Label, bool Remember);

    private async ValueTask<Asked?> ReadAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType() || context.Request.ContentLength is null or > MaxOctets) return null;
        try
        {
            var json = await JsonSerializer.DeserializeAsync<JsonObject>(context.Request.Body, cancellationToken: context.RequestAborted);
            if (json?["credential"] is not JsonObject credential) return null;
            var label = (json["label"]?.GetValue<string>() ?? "").Trim();
            if (label.Length is 0 or > MaxLabel || label.Any(char.IsControl)) label = context.T().Format("Passkeys.Default", context.T().Date(web.Time.GetUtcNow()));
            return new Asked(credential.ToJsonString(), json["next"]?.GetValue<string>() ?? "", label, json["remember"]?.GetValue<bool>() ?? false);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private async ValueTask KeepAsync(HttpContext context, string purpose, string? state)
    {
        var key = await web.Secrets.GetAsync(KeyName, context.RequestAborted);
        WebCookies.Write(context, WebCookies.Passkey, SealedCookie.Seal(key, purpose, System.Text.Encoding.UTF8.GetBytes(state ?? ""), web.Time.GetUtcNow() + patience));
    }

    private async ValueTask<string?> TakeAsync(HttpContext context, string purpose)
    {
        if (WebCookies.Read(context, WebCookies.Passkey) is not { } cookie) return null;
        WebCookies.Remove(context, WebCookies.Passkey);
        var key = await web.Secrets.GetAsync(KeyName, context.RequestAborted);
        return SealedCookie.Open(key, purpose, cookie, web.Time.GetUtcNow()) is { } state ? System.Text.Encoding.UTF8.GetString(state) : null;
    }

    /// <summary>A challenge is answered once: whoever copied cookie and answer comes too late.</summary>
    private async ValueTask<bool> IsFirstAsync(string state, CancellationToken cancel)
    {
        var key = OpaqueToken.Hash(state);
        await web.Store.State.AddAsync(UsedSpace, [new StateChange(key, 1, 0, Expires: web.Time.GetUtcNow() + patience)], cancel);
        return await web.Store.State.GetAsync(UsedSpace, key, cancel) is { First: 1 };
    }

    private static Task RefuseAsync(HttpContext context, string why)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return WriteAsync(context, new JsonObject { ["error"] = why }.ToJsonString());
    }

    private static Task WriteAsync(HttpContext context, string json)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json, context.RequestAborted);
    }

    private static IdentityPasskeyOptions OptionsOf(WebOptions options) => new()
    {
        ServerDomain = options.HostName,
        AuthenticatorTimeout = patience,
        UserVerificationRequirement = "required", // it stands for both factors
        ResidentKeyRequirement = "required", // so that it is found without a user name
        AttestationConveyancePreference = "none", // which make of device is nobody's business
        ValidateOrigin = context => new ValueTask<bool>(!context.CrossOrigin && (context.Origin == options.Origin || context.Origin == $"https://{context.HttpContext.Request.Host}")),
    };

    private static UserManager<AccountRecord> Users(WebServices web, IServiceProvider services) =>
        new(web.Passkeys, Options.Create(new IdentityOptions()), new PasswordHasher<AccountRecord>(), [], [], new UpperInvariantLookupNormalizer(), new IdentityErrorDescriber(), services,
            web.Loggers.CreateLogger<UserManager<AccountRecord>>());

    [LoggerMessage(LogLevel.Information, "A passkey from {Remote} was refused: {Why}", EventName = "PasskeyRefused")]
    private partial void LogRefused(string remote, string why);
}
