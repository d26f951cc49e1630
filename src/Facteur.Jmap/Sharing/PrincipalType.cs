using System.Text.Json;
using Facteur.Storage;
using Facteur.Storage.Searching;

namespace Facteur.Jmap;

/// <summary>Who a user may see (RFC 9670 §2), looked up in the user's own account.</summary>
internal sealed class PrincipalType : ListedType
{
    public static readonly PrincipalType Instance = new();

    public static readonly ListedQuestion<Principal> Question = new(static one => one.Id, Condition, Key);

    private PrincipalType()
        : base("Principal", JmapCapabilities.Principals, "type", "name", "description", "email", "timeZone", "capabilities", "accounts")
    {
    }

    /// <summary>The id of an account's principal: its number, with another letter.</summary>
    public static string IdOf(AccountId account) => JmapIds.Write('p', account.Value);

    public override async ValueTask<IReadOnlyList<ListedObject>> ListAsync(JmapCall call, JmapAccount account, CancellationToken cancel) =>
        [.. (await Principal.ListAsync(call, account, cancel)).Select(one => one.ToObject(call))];

    /// <summary>What queries are over, and its state.</summary>
    public static async ValueTask<ListedAll<Principal>> AllAsync(JmapCall call, JmapAccount account, CancellationToken cancel)
    {
        var all = await Principal.ListAsync(call, account, cancel);
        return new(all, Instance.StateOf([.. all.Select(one => one.ToObject(call))]));
    }

    // RFC 9670 §2.4.1.
    private static Predicate<Principal> Condition(JsonElement of, string name)
    {
        if (name == "accountIds")
        {
            var ids = JmapArguments.Strings(of, name)?.ToHashSet(StringComparer.Ordinal) ?? throw JmapMethodException.InvalidArguments("accountIds is not a list of ids");
            return one => one.Usable is { } usable && ids.Contains(JmapIds.Of(usable.Id));
        }
        var wanted = JmapArguments.RequireString(of, name);
        return name switch
        {
            "email" => one => Has(one.Email, wanted),
            "name" => one => Has(one.Name, wanted),
            "text" => one => Has(one.Name, wanted) || Has(one.Email, wanted),
            "type" => one => one.Type == wanted,
            "timeZone" => static _ => false, // nobody's is known
            _ => throw FilterReader<Predicate<Principal>>.Unsupported($"{name} is not known"),
        };
    }

    private static bool Has(string? text, string part) => text is not null && ListedQuestion<Principal>.Contains(text, part);

    private static Comparison<Principal>? Key(string property, Collation collation) => property switch
    {
        "name" => ListedQuestion<Principal>.ByText(static one => one.Name, collation),
        "email" => ListedQuestion<Principal>.ByText(static one => one.Email ?? "", collation),
        "type" => ListedQuestion<Principal>.ByText(static one => one.Type, collation),
        _ => null,
    };
}
