using System.Text.Json;
using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>Somebody, or several, that a user may see (RFC 9670 §2): an account, or a group of a domain.</summary>
/// <param name="Account">The account that it stands for; null for a group.</param>
/// <param name="Usable">That account as the user may use it; null when it may not.</param>
internal sealed record Principal(string Id, string Type, string Name, string? Email, AccountRecord? Account, JmapAccount? Usable)
{
    /// <summary>People of a larger domain do not see each other, whatever its setting says: a list of all of them is of no use to anybody.</summary>
    private const int MaxPeople = 4_000;

    /// <summary>Who the user of a call sees: itself, the shared accounts it may use, and the others of its domain where that lets them be seen ("people").</summary>
    public static async ValueTask<IReadOnlyList<Principal>> ListAsync(JmapCall call, JmapAccount account, CancellationToken cancel)
    {
        var directory = call.Services.Store.Directory;
        var own = await OwnAsync(call, account, cancel);
        var found = new List<Principal>();
        foreach (var usable in await call.Request.AccountsAsync(cancel))
            if (await directory.GetAccountAsync(usable.Id, cancel) is { } record) found.Add(Of(record, usable));
        if (!(await new AccountSettings(call.Services.Store.Settings).PeopleAsync(own.Domain, cancel)).Visible) return found;
        var people = await directory.ListAccountsAsync(own.Domain, cancel);
        if (people.Count > MaxPeople) return found;
        var known = found.Select(one => one.Account!.Id).ToHashSet();
        found.AddRange(people.Where(one => one is { Enabled: true, Kind: not AccountKind.System } && !known.Contains(one.Id)).Select(one => Of(one, null)));
        foreach (var group in await directory.ListGroupsAsync(own.Domain, cancel)) found.Add(new Principal(JmapIds.Write('g', group.Id.Value), "group", group.Name, null, null, null));
        return found;
    }

    /// <summary>The account's record; accountNotSupportedByMethod for a shared one, which is nobody who looks others up or is told of shares.</summary>
    public static async ValueTask<AccountRecord> OwnAsync(JmapCall call, JmapAccount account, CancellationToken cancel) =>
        await call.Services.Store.Directory.GetAccountAsync(account.Id, cancel) is { Kind: not AccountKind.Shared } own ? own : throw new JmapMethodException("accountNotSupportedByMethod");

    private static Principal Of(AccountRecord account, JmapAccount? usable) => new(
        PrincipalType.IdOf(account.Id), TypeOf(account.Kind), account.DisplayName.Length > 0 ? account.DisplayName : account.Address, account.Address, account, usable);

    // RFC 9670 §2: a shared mailbox is of several people.
    private static string TypeOf(AccountKind kind) => kind switch
    {
        AccountKind.Personal => "individual",
        AccountKind.Shared => "group",
        _ => "other",
    };

    public ListedObject ToObject(JmapCall call) => ListedObject.Of(Id, writer =>
    {
        writer.WriteString("type"u8, Type);
        writer.WriteString("name"u8, Name);
        writer.WriteNull("description"u8);
        writer.WriteString("email"u8, Email);
        writer.WriteNull("timeZone"u8);
        writer.WriteStartObject("capabilities"u8);
        writer.WriteEndObject();
        if (Usable is null)
        {
            writer.WriteNull("accounts"u8);
            return;
        }
        writer.WriteStartObject("accounts"u8);
        JmapSessions.WriteAccount(writer, call.Services, call.Services.AllCapabilities, call.Request.User, Usable);
        writer.WriteEndObject();
    });
}
