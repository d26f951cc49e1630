using System.Text.Json;
using System.Text.Json.Serialization;
using Facteur.Accounts.Policy;

namespace Facteur.Accounts;

/// <summary>What an app password may be used for. Nothing said: everything but settings and webmail, from anywhere, for ever.</summary>
/// <param name="Protocols">Null: all of them.</param>
/// <param name="Networks">"192.0.2.0/24", "2001:db8::/32" or a single address; null: from anywhere.</param>
/// <param name="Ends">Not from then on.</param>
public sealed record AppPasswordLimits(IReadOnlyList<MailProtocol>? Protocols = null, IReadOnlyList<string>? Networks = null, DateTimeOffset? Ends = null)
{
    /// <summary>What is wrong with them, in one sentence; null when nothing is.</summary>
    public RuleComplaint? Fault(DateTimeOffset now)
    {
        if (Protocols is { Count: 0 }) return new RuleComplaint("AppProtocols", "An app password is for one protocol at least.");
        if (Protocols?.Contains(MailProtocol.Webmail) == true) return new RuleComplaint("AppWebmail", "An app password never reaches the webmail and its settings.");
        if (Networks is { Count: 0 or > 100 }) return new RuleComplaint("AppNetworks", "An app password has 1 to 100 networks, or none said.");
        foreach (var network in Networks ?? [])
            if (!NetworkSet.TryReadNetwork(network, out _)) return new RuleComplaint("AppNetwork", $"\"{network}\" is no network, such as 192.0.2.0/24 or 2001:db8::/32.", network);
        return Ends <= now ? new RuleComplaint("AppEnd", "The end of an app password is in the future.") : null;
    }

    internal string ToDetail() => JsonSerializer.Serialize(this, CredentialJson.Default.AppPasswordLimits);

    /// <summary>As a credential has it. A detail that cannot be read is one that nothing may be done with.</summary>
    internal static AppPasswordLimits Of(string detail)
    {
        if (detail.Length == 0) return new AppPasswordLimits();
        try
        {
            return JsonSerializer.Deserialize(detail, CredentialJson.Default.AppPasswordLimits) ?? new AppPasswordLimits();
        }
        catch (JsonException)
        {
            return new AppPasswordLimits(Protocols: []);
        }
    }
}

/// <summary>The same, read once and ready to be asked at each login.</summary>
internal sealed class AppPasswordGrant(AppPasswordLimits limits)
{
    private readonly NetworkSet networks = NetworkSet.Of(limits.Networks ?? []);

    public DateTimeOffset? Ends => limits.Ends;

    /// <summary>Why not; null when nothing is against it.</summary>
    public AccessRefusal? Refusal(LoginClient client, DateTimeOffset now)
    {
        if (limits.Ends <= now) return new AccessRefusal(AccessCode.AppPasswordEnded);
        if (client.Protocol == MailProtocol.Webmail || limits.Protocols?.Contains(client.Protocol) == false)
            return new AccessRefusal(AccessCode.AppPasswordOtherProtocol, client.Protocol.ToString());
        return networks.Contains(client.Remote) ? null : new AccessRefusal(AccessCode.AppPasswordOtherNetwork);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AppPasswordLimits))]
[JsonSerializable(typeof(CertificateDetail))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class CredentialJson : JsonSerializerContext;
