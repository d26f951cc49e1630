using System.Text.Json.Serialization;

namespace Facteur.Accounts.Policy;

/// <summary>The setting "policy" of the site, a domain, a group or an account: rules by protocol. What is left out says nothing, so that the wider scope holds.</summary>
public sealed record PolicyDocument
{
    /// <summary>The setting's name.</summary>
    public const string Setting = "policy";

    /// <summary>Most characters of <see cref="Name"/>.</summary>
    public const int MaxName = 60;

    /// <summary>Most networks of one rule.</summary>
    public const int MaxNetworks = 1000;

    /// <summary>What refused users are told it is called; null: named after its scope.</summary>
    public string? Name { get; init; }

    public PolicyRules? Imap { get; init; }
    public PolicyRules? Pop3 { get; init; }
    public PolicyRules? Submission { get; init; }
    public PolicyRules? ActiveSync { get; init; }
    public PolicyRules? Jmap { get; init; }
    public PolicyRules? Webmail { get; init; }
    public PolicyRules? Dav { get; init; }
    public PolicyRules? ManageSieve { get; init; }

    /// <summary>The rules of a row; null when it says nothing of it.</summary>
    public PolicyRules? Of(MailProtocol protocol) => protocol switch
    {
        MailProtocol.Imap => Imap,
        MailProtocol.Pop3 => Pop3,
        MailProtocol.Submission => Submission,
        MailProtocol.ActiveSync => ActiveSync,
        MailProtocol.Jmap => Jmap,
        MailProtocol.Webmail => Webmail,
        MailProtocol.Dav => Dav,
        MailProtocol.ManageSieve => ManageSieve,
        _ => null,
    };

    /// <summary>The same with other rules in a row; rules that say nothing leave it out.</summary>
    public PolicyDocument With(MailProtocol protocol, PolicyRules? rules)
    {
        rules = rules is null || rules.IsEmpty ? null : rules;
        return protocol switch
        {
            MailProtocol.Imap => this with { Imap = rules },
            MailProtocol.Pop3 => this with { Pop3 = rules },
            MailProtocol.Submission => this with { Submission = rules },
            MailProtocol.ActiveSync => this with { ActiveSync = rules },
            MailProtocol.Jmap => this with { Jmap = rules },
            MailProtocol.Webmail => this with { Webmail = rules },
            MailProtocol.Dav => this with { Dav = rules },
            _ => this with { ManageSieve = rules },
        };
    }

    /// <summary>No row says anything.</summary>
    [JsonIgnore]
    public bool IsEmpty => Enum.GetValues<MailProtocol>().All(protocol => Of(protocol) is null or { IsEmpty: true });

    /// <summary>What is wrong with it, in one sentence; null when nothing is.</summary>
    public string? Fault()
    {
        if (Name is { } name && (name.Length is 0 or > MaxName || name.Any(char.IsControl))) return $"\"name\" has 1 to {MaxName} characters, without line breaks.";
        foreach (var protocol in Enum.GetValues<MailProtocol>())
            foreach (var (text, count) in Of(protocol)?.Networks?.Select((text, i) => (text, i + 1)) ?? [])
            {
                if (count > MaxNetworks) return $"A rule has at most {MaxNetworks} networks.";
                if (!NetworkSet.TryReadNetwork(text, out _)) return $"\"{text}\" is no network such as 192.0.2.0/24, 2001:db8::/32 or 192.0.2.7.";
            }
        return null;
    }
}

/// <summary>One row of a policy. Null: nothing is said, the wider scope holds.</summary>
/// <param name="On">The protocol may be used.</param>
/// <param name="Networks">Networks that clients may come from; an empty list is any address.</param>
/// <param name="Tls">The connection must be under TLS.</param>
/// <param name="Certificate">The connection must bring a client certificate that is bound to the account.</param>
/// <param name="AppPassword">The main password is refused; app passwords, access tokens, certificates and passkeys are taken.</param>
/// <param name="SecondFactor">The main password alone is refused; the web asks for the second factor.</param>
public sealed record PolicyRules(
    bool? On = null, IReadOnlyList<string>? Networks = null, bool? Tls = null, bool? Certificate = null, bool? AppPassword = null, bool? SecondFactor = null)
{
    /// <summary>Nothing is said.</summary>
    [JsonIgnore]
    public bool IsEmpty => this is { On: null, Networks: null, Tls: null, Certificate: null, AppPassword: null, SecondFactor: null };
}

/// <summary>A column of the grid.</summary>
public enum PolicyRule { On, Networks, Tls, Certificate, AppPassword, SecondFactor }
