using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Facteur.Accounts;

/// <summary>
/// The directory as one JSON tree, for export and import: "version", "settings" (of the site), "domains", "accounts", "shares", "aliases",
/// "annotations", "contacts", in this order, so that nothing names what comes later. What a file leaves out stays as it is.
/// </summary>
public abstract record TreeItem
{
    /// <summary>Line of the file on which it begins.</summary>
    [JsonIgnore]
    public int Line { get; init; }

    /// <summary>Which of the file it is, from 1 on.</summary>
    [JsonIgnore]
    internal int Ordinal { get; init; }
}

/// <summary>Settings of the site.</summary>
public sealed record TreeSite(IReadOnlyDictionary<string, JsonNode?> Settings) : TreeItem;

/// <param name="OtherNames">Domains that stand for it.</param>
public sealed record TreeDomain(string Name, IReadOnlyList<string>? OtherNames = null, IReadOnlyList<TreeGroup>? Groups = null, IReadOnlyDictionary<string, JsonNode?>? Settings = null) : TreeItem;

public sealed record TreeGroup(string Name, IReadOnlyDictionary<string, JsonNode?>? Settings = null);

/// <summary>An account. In an import null says nothing; "" for the name and "none" for the quota say that there is none.</summary>
/// <param name="Kind">"personal", "shared", "system".</param>
/// <param name="Quota">A number of octets, "10GB" or "none".</param>
/// <param name="Password">In clear: only in imports.</param>
/// <param name="Addresses">Beside the primary one.</param>
/// <param name="Groups">Names within its domain.</param>
/// <param name="Credentials">As stored, only on demand.</param>
public sealed record TreeAccount(
    string Address, string? Kind = null, string? Name = null, bool? Enabled = null, string? Quota = null, string? Password = null, IReadOnlyList<TreeAddress>? Addresses = null,
    IReadOnlyList<string>? Groups = null, IReadOnlyDictionary<string, JsonNode?>? Settings = null, IReadOnlyList<TreeCredential>? Credentials = null) : TreeItem
{
    /// <summary>What is left out comes from the defaults of its domain when it is new: of a table of people, not of a whole directory.</summary>
    [JsonIgnore]
    public bool TakesDefaults { get; init; }

    /// <summary>Without its values: they may be passwords.</summary>
    public override string ToString() => Address;
}

public sealed record TreeAddress(string Address, string? Label = null, bool? Disposable = null, bool? Enabled = null);

public sealed record TreeCredential(string Kind, string Value, string? Label = null, string? Lookup = null, string? Detail = null)
{
    public override string ToString() => Kind;
}

/// <param name="With">The member.</param>
/// <param name="Rights">"read", "write", "send-as".</param>
public sealed record TreeShare(string Account, string With, IReadOnlyList<string> Rights) : TreeItem;

public sealed record TreeAlias(string Address, IReadOnlyList<string> Targets, string? Label = null, bool? Enabled = null) : TreeItem;

/// <summary>What people and programs attached to a folder, or to an account as a whole (IMAP METADATA), bindings of scripts among it.</summary>
/// <param name="Mailbox">Its full name; null: the account as a whole.</param>
/// <param name="Person">Whose the private ones are; null: the account's own.</param>
/// <param name="Entries">Values by name; what is left out stays.</param>
public sealed record TreeAnnotations(string Account, IReadOnlyDictionary<string, TreeValue> Entries, string? Mailbox = null, string? Person = null) : TreeItem;

/// <summary>A value: text, or octets in base64.</summary>
public sealed record TreeValue(string? Text = null, string? Base64 = null);

/// <summary>Cards of an address book; what is left out stays.</summary>
/// <param name="Cards">As they are kept (JSContact, RFC 9553), each with its uid.</param>
public sealed record TreeContacts(string Account, IReadOnlyList<JsonElement> Cards) : TreeItem
{
    /// <summary>Without the cards, which are about people.</summary>
    public override string ToString() => Account;
}

/// <summary>A line that cannot be read.</summary>
public sealed record TreeFault(string Reason) : TreeItem;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, PropertyNameCaseInsensitive = true, AllowTrailingCommas = true, ReadCommentHandling = JsonCommentHandling.Skip, MaxDepth = DirectoryTreeReader.MaxDepth, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(TreeSite))]
[JsonSerializable(typeof(TreeDomain))]
[JsonSerializable(typeof(TreeAccount))]
[JsonSerializable(typeof(TreeShare))]
[JsonSerializable(typeof(TreeAlias))]
[JsonSerializable(typeof(TreeAnnotations))]
[JsonSerializable(typeof(TreeContacts))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, JsonNode?>))]
internal sealed partial class TreeJson : JsonSerializerContext;
