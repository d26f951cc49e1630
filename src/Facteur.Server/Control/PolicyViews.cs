using System.Text.Json.Nodes;
using Facteur.Accounts;
using Facteur.Accounts.Policy;

namespace Facteur.Server.Control;

/// <summary>A policy as verbs show it.</summary>
/// <param name="Name">What refused users are told it is called; null: named after its scope.</param>
/// <param name="IsEffective">All that holds, with its origin; else only what this scope says itself.</param>
/// <param name="Notes">What else decides: choices of the owner.</param>
internal sealed record PolicyView(ScopeView Scope, string? Name, bool IsEffective, IReadOnlyList<PolicyRowView> Rows, IReadOnlyList<string> Notes);

internal sealed record PolicyRowView(
    string Protocol, PolicyCellView On, PolicyCellView Networks, PolicyCellView Tls, PolicyCellView Certificate, PolicyCellView AppPassword, PolicyCellView SecondFactor)
{
    /// <summary>What a document says.</summary>
    public static PolicyRowView Of(MailProtocol protocol, PolicyRules? rules) => new(
        PolicyWords.Of(protocol), Flag(rules?.On), new PolicyCellView(rules?.Networks is { } networks ? List(networks) : null, null),
        Flag(rules?.Tls), Flag(rules?.Certificate), Flag(rules?.AppPassword), Flag(rules?.SecondFactor));

    /// <summary>What holds.</summary>
    public static PolicyRowView Of(MailProtocol protocol, ProtocolPolicy rules) => new(
        PolicyWords.Of(protocol), Flag(rules.On),
        new PolicyCellView(rules.Networks.Value is { IsAny: false, Networks: var networks } ? List(networks.Select(one => one.ToString())) : "any", From(rules.Networks.Origin)),
        Flag(rules.Tls), Flag(rules.Certificate), Flag(rules.AppPassword), Flag(rules.SecondFactor));

    private static PolicyCellView Flag(bool? value) => new(value is { } set ? JsonValue.Create(set) : null, null);

    private static PolicyCellView Flag(PolicyCell<bool> cell) => new(JsonValue.Create(cell.Value), From(cell.Origin));

    private static JsonArray List(IEnumerable<string> networks) => [.. networks.Select(one => (JsonNode)one)];

    private static string From(PolicyOrigin origin) =>
        (origin.Level.ToString().ToLowerInvariant() + " " + origin.Name).TrimEnd() + (origin.Title.Length > 0 && origin.Title != origin.Name ? $", “{origin.Title}”" : "");
}

/// <param name="Value">true, false, "any" or a list of networks; null: not said here.</param>
/// <param name="From">Whose it is, where what holds is shown: "default", "site", "domain demo.test", "group Ventes", "account moi@demo.test".</param>
internal sealed record PolicyCellView(JsonNode? Value, string? From);

/// <summary>What a login would be answered.</summary>
/// <param name="Code">Null: it would be let in.</param>
/// <param name="Sentence">What the user reads, in the language of the account; null as well.</param>
internal sealed record PolicyTestView(string Account, string Protocol, string From, bool Tls, bool Certificate, string Credential, bool Allowed, string? Code, string? Sentence, string? Rule);

/// <summary>Rows and columns of the grid as they are typed.</summary>
internal static class PolicyWords
{
    /// <summary>All protocols, and "all" of them.</summary>
    public static string[] Protocols { get; } = [.. Enum.GetValues<MailProtocol>().Select(Of), "all"];

    public static string[] Rules { get; } = [.. Enum.GetValues<PolicyRule>().Select(Of)];

    public static string[] Credentials { get; } = [.. Enum.GetValues<CredentialKind>().Select(Of)];

    public static string Of(MailProtocol protocol) => protocol.ToString().ToLowerInvariant();

    public static string Of(PolicyRule rule) => Dashed(rule.ToString());

    public static string Of(CredentialKind credential) => Dashed(credential.ToString());

    /// <exception cref="AccountRuleException">It is none.</exception>
    public static T Read<T>(string word) where T : struct, Enum =>
        Enum.TryParse<T>(word.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var value) && Enum.IsDefined(value) ? value
            : throw new AccountRuleException($"\"{word}\" is none of {string.Join(", ", Enum.GetNames<T>().Select(Dashed))}.");

    private static string Dashed(string name) =>
        string.Concat(name.Select((letter, i) => i > 0 && char.IsUpper(letter) ? "-" + char.ToLowerInvariant(letter) : char.ToLowerInvariant(letter).ToString()));
}
