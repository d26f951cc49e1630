using Facteur.Accounts;
using Facteur.Delivery;
using Facteur.Delivery.Receiving;
using Facteur.Delivery.Rules;
using Facteur.Jmap.Push;
using Facteur.Sieve.Scripts;
using Facteur.Storage;

namespace Facteur.Jmap;

/// <summary>What methods work with: one object, since each of its parts is the only one in the process.</summary>
public sealed record JmapServices(MailStore Store, AccountService Accounts, LoginService Logins, TimeProvider Time)
{
    public JmapLimits Limits { get; init; } = new();

    public JmapUrls Urls { get; init; } = new();

    /// <summary>State changes to clients; null where nobody listens.</summary>
    public PushService? Push { get; internal set; }

    private readonly DeliveryServices? delivery;

    /// <summary>The way of a message that is sent; null where nothing is (tests of reading).</summary>
    public DeliveryServices? Delivery
    {
        get => delivery;
        init
        {
            delivery = value;
            Sending = value is null ? null : new StoredSubmission(new MailHandoff(value));
        }
    }

    /// <summary>Sends messages of the store; null without <see cref="Delivery"/>.</summary>
    public StoredSubmission? Sending { get; private init; }

    /// <summary>Capabilities by all methods there are: what Account objects in answers say, whoever asks.</summary>
    internal JmapCapabilitySet AllCapabilities => LazyInitializer.EnsureInitialized(ref allCapabilities, () => new JmapCapabilitySet(this, JmapCapabilityTable.All(), JmapMethods.All()));

    private JmapCapabilitySet? allCapabilities;

    /// <summary>Scripts that accounts keep, as delivery runs them.</summary>
    public SieveScripts Scripts => Delivery?.Sieve.Scripts ?? throw new InvalidOperationException("nothing is delivered here");

    /// <summary>Rules of accounts, which are scripts among those.</summary>
    public AccountRules Rules => Delivery?.Sieve.Rules ?? throw new InvalidOperationException("nothing is delivered here");
}
