using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Facteur.Net.Dialing;
using Facteur.Net.Ldap;
using Microsoft.Extensions.Logging;

namespace Facteur.Accounts.Ldap;

/// <summary>A user as the directory has it.</summary>
/// <param name="Mail">Addresses as they stand there.</param>
internal sealed record LdapUser(string Dn, IReadOnlyList<string> Mail, string Name, IReadOnlyList<string> Aliases, IReadOnlyList<string> Groups);

/// <summary>One directory: finds users and checks their passwords by a simple bind in their name (RFC 4513 §5.1.3).</summary>
internal sealed partial class LdapRealm : IAsyncDisposable
{
    private const int PageSize = 500;

    private readonly LdapServers servers;
    private readonly LdapFilter filter, list;
    private readonly ILogger logger;

    public LdapRealm(LdapSetting setting, GuardedDialer dialer, TimeProvider time, ILogger logger)
    {
        Setting = setting;
        this.logger = logger;
        servers = new LdapServers(setting, dialer, time, logger);
        filter = LdapFilter.Parse(setting.FilterText, LdapSetting.Names);
        list = LdapFilter.Parse(setting.ListFilterText);
    }

    public LdapSetting Setting { get; }

    public ValueTask DisposeAsync() => servers.DisposeAsync();

    /// <summary>The user whose password it is; null when there is none, or it is wrong.</summary>
    /// <exception cref="LdapUnavailableException">The directory does not answer.</exception>
    /// <exception cref="LdapRefusedException">It answers, and does not say whether the password is right.</exception>
    public async ValueTask<LdapUser?> CheckAsync(EmailAddress user, string password, CancellationToken cancel)
    {
        // An empty password is nobody's: a bind with a name and without one succeeds with many servers (RFC 4513 §5.1.2).
        if (password.Length == 0) return null;
        return await servers.RunAsync(async client =>
        {
            var found = await FindAsync(client, user, cancel);
            // One that does not exist costs a bind too, so that its absence does not show in the time.
            var dn = found?.Dn ?? $"cn={RandomNumberGenerator.GetHexString(16)},{Setting.Base}";
            var result = await client.BindAsync(dn, password, cancel);
            if (found is null || !IsRight(result, dn)) return null;
            return Setting.UserDn is null || !Setting.CreateAccounts ? found : await ReadOwnAsync(client, found, cancel);
        }, cancel);
    }

    /// <summary>The entry of a user; null when there is none, or several.</summary>
    public ValueTask<LdapUser?> FindAsync(EmailAddress user, CancellationToken cancel) => servers.RunAsync(client => FindAsync(client, user, cancel), cancel);

    /// <summary>Connects, for a test; the caller disposes of it.</summary>
    public ValueTask<LdapClient> ConnectAsync(CancellationToken cancel) => servers.ConnectAsync(cancel);

    /// <summary>All users, or an exception.</summary>
    public async ValueTask<IReadOnlyList<LdapUser>> ListAsync(CancellationToken cancel) => await servers.RunAsync(async client =>
    {
        await BindAsOurselvesAsync(client, cancel);
        var users = new List<LdapUser>();
        var search = new LdapSearch(Setting.Base ?? throw new AccountRuleException("\"base\" is missing in the setting \"ldap\": where users are listed."), list, none, Wanted);
        await foreach (var entry in client.SearchAllAsync(search, PageSize, cancel)) users.Add(User(entry));
        return users;
    }, cancel);

    public async ValueTask<LdapUser?> FindAsync(LdapClient client, EmailAddress user, CancellationToken cancel)
    {
        if (Setting.UserDn is { } template) return new LdapUser(Named(template, user), [], "", [], []);
        await BindAsOurselvesAsync(client, cancel);
        var entries = await client.SearchAsync(new LdapSearch(Setting.Base!, filter, ValuesOf(user), Wanted, SizeLimit: 2), cancel);
        if (entries.Count == 2) LogSeveral(user.ToString());
        return entries.Count == 1 ? User(entries[0]) : null;
    }

    /// <exception cref="LdapRefusedException">The directory does not know us.</exception>
    public async ValueTask BindAsOurselvesAsync(LdapClient client, CancellationToken cancel)
    {
        var dn = Setting.BindDn ?? "";
        if (client.BoundDn == dn) return;
        var result = await client.BindAsync(dn, Setting.Password ?? "", cancel);
        if (!result.IsSuccess) throw new LdapRefusedException($"the directory refuses {(dn.Length > 0 ? dn : "to talk to nobody in particular")}", result);
    }

    /// <summary>By their own name a user sees at least what they may.</summary>
    private async ValueTask<LdapUser> ReadOwnAsync(LdapClient client, LdapUser user, CancellationToken cancel)
    {
        var entries = await client.SearchAsync(new LdapSearch(user.Dn, LdapFilter.Parse("(objectClass=*)"), none, Wanted, IsSubtree: false), cancel);
        return entries.Count == 1 ? User(entries[0]) : user;
    }

    private bool IsRight(LdapResult result, string dn)
    {
        switch (result.Code)
        {
            case LdapResultCode.Success:
                return true;
            case LdapResultCode.InvalidCredentials or LdapResultCode.NoSuchObject or LdapResultCode.InappropriateAuthentication:
                return false;
            case LdapResultCode.UnwillingToPerform or LdapResultCode.InsufficientAccessRights: // locked or expired there
                LogUnwilling(dn, result.ToString());
                return false;
            default:
                throw new LdapRefusedException("the directory does not check passwords", result);
        }
    }

    private static readonly Dictionary<string, string> none = [];

    private List<string> Wanted =>
        [.. ((string?[])[Setting.AttributeNames.Mail, Setting.AttributeNames.Name, Setting.AttributeNames.Aliases, Setting.AttributeNames.Groups]).OfType<string>().Where(name => name.Length > 0)];

    private LdapUser User(LdapEntry entry)
    {
        var names = Setting.AttributeNames;
        return new LdapUser(entry.Dn, entry[names.Mail], entry[names.Name] is [var name, ..] ? name : "", names.Aliases is { } aliases ? entry[aliases] : [],
            names.Groups is { } groups ? [.. entry[groups].Select(LdapName.FirstValue)] : []);
    }

    private static Dictionary<string, string> ValuesOf(EmailAddress user) => new() { ["user"] = user.ToString(), ["local"] = user.LocalPart, ["domain"] = user.Domain };

    private static string Named(string template, EmailAddress user)
    {
        // In one pass: a value that looks like another name in braces stays what it is.
        var values = ValuesOf(user);
        return NameInBraces().Replace(template, match => LdapName.Escape(values[match.Groups[1].Value]));
    }

    [GeneratedRegex(@"\{(user|local|domain)\}", RegexOptions.None, 1000)]
    private static partial Regex NameInBraces();

    [LoggerMessage(LogLevel.Warning, "The directory has several entries for {User}; the filter has to find one", EventName = "LdapSeveral")]
    private partial void LogSeveral(string user);

    [LoggerMessage(LogLevel.Information, "The directory does not let {Dn} in: {Why}", EventName = "LdapUnwilling")]
    private partial void LogUnwilling(string dn, string why);
}
