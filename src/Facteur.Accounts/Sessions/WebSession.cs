using System.Text.Json.Serialization;
using Facteur.Storage;

namespace Facteur.Accounts.Sessions;

/// <summary>How somebody signed in on the web.</summary>
public enum SignInMethod : byte { Password, PasswordAndCode, Passkey, External }

/// <summary>A browser that is signed in, as it is kept. The secret that names it is in the browser's cookie; here is only its hash.</summary>
/// <param name="Key">Its key in the store: account and hash.</param>
/// <param name="Ends">Whatever happens, not longer than this.</param>
/// <param name="Idle">It ends when it was not used for so long.</param>
/// <param name="PasswordSet">When the password was set that the account had when it was made; it ends with that password. Null: the account had none.</param>
/// <param name="Credential">The passkey it was made with; it ends with it. Null for other methods.</param>
/// <param name="MustEnroll">A rule wants a second factor that the account does not have yet: only the page that adds one is open.</param>
/// <param name="IsLasting">The browser keeps it when it is closed.</param>
public sealed record WebSession(
    string Key, AccountId Account, DateTimeOffset Created, DateTimeOffset LastSeen, DateTimeOffset Ends, TimeSpan Idle,
    string Remote, string Program, SignInMethod Method, DateTimeOffset? PasswordSet, long? Credential, bool MustEnroll, bool IsLasting)
{
    /// <summary>What pages may show and forms may send back: tells nothing of the secret.</summary>
    public string Name => OpaqueToken.Hash(Key)[..16];
}

/// <summary>What a new session is made of.</summary>
/// <param name="IsLasting">Kept when the browser is closed.</param>
public sealed record NewSession(AccountRecord Account, SignInMethod Method, bool IsLasting, string Remote, string Program, long? Credential = null, bool MustEnroll = false);

/// <summary>The stored form; its key holds the account.</summary>
internal sealed record WebSessionRow(
    DateTimeOffset Created, DateTimeOffset LastSeen, DateTimeOffset Ends, int IdleMinutes, string Remote, string Program, SignInMethod Method,
    DateTimeOffset? PasswordSet, long? Credential, bool MustEnroll, bool IsLasting);

/// <summary>A sign-in whose password is right and whose second factor is not there yet.</summary>
internal sealed record PendingSignInRow(long Account, long Version, bool IsLasting);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WebSessionRow))]
[JsonSerializable(typeof(PendingSignInRow))]
internal sealed partial class SessionJson : JsonSerializerContext;
