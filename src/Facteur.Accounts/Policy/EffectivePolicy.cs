namespace Facteur.Accounts.Policy;

/// <summary>Where a rule stands, the widest first.</summary>
public enum PolicyLevel { Default, Site, Domain, Group, Account }

/// <summary>Whose rule it is.</summary>
/// <param name="Name">The domain, the group (several with ", " between them) or the account's address; "" for the site and for the default.</param>
/// <param name="Title">What the policy is called, or "".</param>
public sealed record PolicyOrigin(PolicyLevel Level, string Name = "", string Title = "")
{
    /// <summary>Nobody has said anything.</summary>
    public static readonly PolicyOrigin Default = new(PolicyLevel.Default);

    /// <summary>For people, in a language ("en", "fr"): "policy “Ventes”", "rule of the domain exemple.fr".</summary>
    public string In(string locale) => AccessText.Origin(this, locale);
}

/// <summary>A value that holds, and whose it is.</summary>
public readonly record struct PolicyCell<T>(T Value, PolicyOrigin Origin);

/// <summary>The row of a protocol as it holds for an account.</summary>
/// <param name="On">It may be used.</param>
/// <param name="Networks">From where.</param>
/// <param name="Tls">Only under TLS.</param>
/// <param name="Certificate">Only with a client certificate of the account.</param>
/// <param name="AppPassword">The main password is refused.</param>
/// <param name="SecondFactor">The main password alone is refused.</param>
public sealed record ProtocolPolicy(
    PolicyCell<bool> On, PolicyCell<NetworkSet> Networks, PolicyCell<bool> Tls, PolicyCell<bool> Certificate, PolicyCell<bool> AppPassword, PolicyCell<bool> SecondFactor)
{
    /// <summary>Whose the value of a column is.</summary>
    public PolicyOrigin OriginOf(PolicyRule rule) => rule switch
    {
        PolicyRule.On => On.Origin,
        PolicyRule.Networks => Networks.Origin,
        PolicyRule.Tls => Tls.Origin,
        PolicyRule.Certificate => Certificate.Origin,
        PolicyRule.AppPassword => AppPassword.Origin,
        _ => SecondFactor.Origin,
    };
}

/// <summary>The grid as it holds for one account (or for whoever has nothing narrower, when it was asked for a wider scope).</summary>
public sealed class EffectivePolicy
{
    private readonly ProtocolPolicy[] rows;

    internal EffectivePolicy(ProtocolPolicy[] rows) => this.rows = rows;

    public ProtocolPolicy this[MailProtocol protocol] => rows[(int)protocol];
}

/// <summary>A document with its place.</summary>
internal sealed record PolicyLayer(PolicyOrigin Origin, PolicyDocument Document);

/// <summary>Lays documents over each other.</summary>
internal static class PolicyMerge
{
    /// <param name="levels">The widest first. Within one level (groups) the strictest of those that say something counts.</param>
    public static EffectivePolicy Of(IReadOnlyList<IReadOnlyList<PolicyLayer>> levels) =>
        new([.. Enum.GetValues<MailProtocol>().Select(protocol => Row(levels, protocol))]);

    private static ProtocolPolicy Row(IReadOnlyList<IReadOnlyList<PolicyLayer>> levels, MailProtocol protocol)
    {
        PolicyCell<bool> Flag(Func<PolicyRules, bool?> cell, bool unset, bool strict) => PolicyMerge.Flag(levels, protocol, cell, unset, strict);
        return new ProtocolPolicy(
            Flag(rules => rules.On, unset: true, strict: false),
            Networks(levels, protocol),
            Flag(rules => rules.Tls, unset: false, strict: true),
            Flag(rules => rules.Certificate, unset: false, strict: true),
            Flag(rules => rules.AppPassword, unset: false, strict: true),
            Flag(rules => rules.SecondFactor, unset: false, strict: true));
    }

    private static PolicyCell<bool> Flag(IReadOnlyList<IReadOnlyList<PolicyLayer>> levels, MailProtocol protocol, Func<PolicyRules, bool?> cell, bool unset, bool strict)
    {
        for (var i = levels.Count - 1; i >= 0; i--)
        {
            PolicyLayer? chosen = null;
            foreach (var layer in levels[i])
            {
                if (layer.Document.Of(protocol) is not { } rules || cell(rules) is not { } value) continue;
                if (value == strict) return new PolicyCell<bool>(value, layer.Origin);
                chosen ??= layer;
            }
            if (chosen is not null) return new PolicyCell<bool>(!strict, chosen.Origin);
        }
        return new PolicyCell<bool>(unset, PolicyOrigin.Default);
    }

    private static PolicyCell<NetworkSet> Networks(IReadOnlyList<IReadOnlyList<PolicyLayer>> levels, MailProtocol protocol)
    {
        for (var i = levels.Count - 1; i >= 0; i--)
        {
            var said = levels[i].Where(layer => layer.Document.Of(protocol)?.Networks is not null)
                .Select(layer => (layer.Origin, Set: NetworkSet.Of(layer.Document.Of(protocol)!.Networks!))).ToList();
            if (said.Count == 0) continue;
            var narrowing = said.Where(one => !one.Set.IsAny).ToList();
            if (narrowing.Count == 0) return new PolicyCell<NetworkSet>(NetworkSet.Any, said[0].Origin);
            return new PolicyCell<NetworkSet>(
                narrowing.Select(one => one.Set).Aggregate((a, b) => a.Intersect(b)), Joined([.. narrowing.Select(one => one.Origin)]));
        }
        return new PolicyCell<NetworkSet>(NetworkSet.Any, PolicyOrigin.Default);
    }

    private static PolicyOrigin Joined(IReadOnlyList<PolicyOrigin> origins) => origins.Count == 1 ? origins[0]
        : new PolicyOrigin(origins[0].Level, string.Join(", ", origins.Select(origin => origin.Name)), string.Join(", ", origins.Select(origin => origin.Title.Length > 0 ? origin.Title : origin.Name)));
}
