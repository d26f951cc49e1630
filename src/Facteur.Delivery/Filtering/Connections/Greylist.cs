using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Facteur.Delivery.Authentication;
using Facteur.Smtp;
using Facteur.Storage;

namespace Facteur.Delivery.Filtering.Connections;

/// <summary>Greylisting: what is not known yet is asked to come again (RFC 6647).</summary>
public sealed record GreylistSettings
{
    /// <summary>Off: the first message of a new correspondent comes minutes later with it.</summary>
    public bool Enabled { get; init; }

    /// <summary>A retry before this counts as none. 5 minutes.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A retry after this is a first attempt. 2 days.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromDays(2);

    /// <summary>How long who passed is remembered after the last message. 36 days: a monthly letter passes.</summary>
    public TimeSpan Remember { get; init; } = TimeSpan.FromDays(36);

    /// <summary>Passes after which a domain from a network is let through for every recipient. 5.</summary>
    public int KnownAfter { get; init; } = 5;
}

/// <summary>
/// Who came again in time. The triple is (network, sender domain, recipient); where SPF passes, the domain's word takes the place of the
/// network, since a large sender retries from anywhere.
/// </summary>
internal sealed class Greylist(StateStore state, TimeProvider time)
{
    private const string Space = "greylist";

    // A key has to fit (StateStore.MaxKeyOctets); longer ones are hashed.
    private const int MaxPlainOctets = 300;

    /// <summary>Null lets it in.</summary>
    public async ValueTask<SmtpRefusal?> CheckAsync(SmtpPeer peer, string senderDomain, string recipient, SpfResult? spf, GreylistSettings settings, CancellationToken cancel)
    {
        var origin = $"{(spf is { Verdict: SpfVerdict.Pass } ? "spf" : PeerNetwork.Pool(peer.Remote.Address).ToString())}|{senderDomain.ToLowerInvariant()}";
        var domainKey = Key("domain|" + origin);
        var tripleKey = Key($"triple|{origin}|{recipient.ToLowerInvariant()}");
        var known = await state.GetManyAsync(Space, [domainKey, tripleKey], cancel);
        var now = time.GetUtcNow();
        if (known.TryGetValue(domainKey, out var domain) && domain.First >= settings.KnownAfter)
        {
            await ProlongAsync(domain, settings, now, cancel);
            return null;
        }
        if (!known.TryGetValue(tripleKey, out var triple))
        {
            await state.SetAsync(Space, [new StateEntry(tripleKey, now.ToUnixTimeSeconds(), 0, null, now + settings.Window)], cancel);
            return Refusal(settings.Delay);
        }
        if (triple.Second > 0)
        {
            await ProlongAsync(triple, settings, now, cancel);
            return null;
        }
        var waited = now - DateTimeOffset.FromUnixTimeSeconds(triple.First);
        if (waited < settings.Delay) return Refusal(settings.Delay - waited);
        var expires = now + settings.Remember;
        await state.AddAsync(Space, [new StateChange(tripleKey, 0, 1, null, expires), new StateChange(domainKey, 1, 0, null, expires)], cancel);
        return null;
    }

    // One write a day is enough to keep an entry.
    private async ValueTask ProlongAsync(StateEntry entry, GreylistSettings settings, DateTimeOffset now, CancellationToken cancel)
    {
        var expires = now + settings.Remember;
        if (entry.Expires is { } old && expires - old < TimeSpan.FromDays(1)) return;
        await state.SetAsync(Space, [entry with { Expires = expires }], cancel);
    }

    private static SmtpRefusal Refusal(TimeSpan left) =>
        new(451, "4.7.1", string.Create(CultureInfo.InvariantCulture, $"greylisted: we do not know your host yet; try again in {Math.Max(1, (int)Math.Ceiling(left.TotalSeconds))} seconds"));

    private static string Key(string text) =>
        Encoding.UTF8.GetByteCount(text) <= MaxPlainOctets ? text : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
