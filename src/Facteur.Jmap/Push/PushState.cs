using System.Globalization;
using System.Text;
using Facteur.Storage;

namespace Facteur.Jmap.Push;

/// <summary>Where an account stands, as far as pushes tell it.</summary>
/// <param name="Last">MODSEQ of the account: the state of emails, threads and mailboxes.</param>
/// <param name="LastEmail">MODSEQ at which it got its last message: the state of EmailDelivery.</param>
/// <param name="Listed">States of the other types, by their place; null for one that has none here.</param>
internal sealed record PushState(ModSeq Last, ModSeq LastEmail, string?[] Listed)
{
    /// <summary>A hash of <see cref="Listed"/>: which of them changed, it does not say.</summary>
    public string Mark { get; } = JmapState.OfContent(Encoding.UTF8.GetBytes(string.Join('\n', Listed)))[..8];

    /// <summary>The same with MODSEQs that are at least as great as these.</summary>
    public PushState At(AccountModSeqs modSeqs) =>
        this with { Last = Greater(Last, modSeqs.Last), LastEmail = Greater(LastEmail, modSeqs.LastEmail) };

    /// <summary>The state of a type; null when it has none here.</summary>
    public string? this[PushTypeSet type] => type switch
    {
        PushTypeSet.Email or PushTypeSet.Thread or PushTypeSet.Mailbox => new JmapState(Last).ToString(),
        PushTypeSet.EmailDelivery => new JmapState(LastEmail).ToString(),
        _ => Listed[System.Numerics.BitOperations.Log2((uint)type / (uint)PushTypeSet.FirstListed)],
    };

    /// <summary>Types that are another than they were.</summary>
    public PushTypeSet Since(PushState before)
    {
        var types = SinceModSeq(before.Last);
        for (var place = 0; place < Listed.Length; place++)
            if (Listed[place] is not null && Listed[place] != before.Listed[place]) types |= PushTypes.OfListed(place);
        return types;
    }

    /// <summary>Types that may be another than when a token was told.</summary>
    public PushTypeSet Since(PushToken.Entry told)
    {
        var types = SinceModSeq(told.Last);
        for (var place = 0; place < Listed.Length && told.Mark != Mark; place++)
            if (Listed[place] is not null) types |= PushTypes.OfListed(place);
        return types;
    }

    /// <summary>All that have a state.</summary>
    public PushTypeSet AllTypes()
    {
        var types = PushTypeSet.OfModSeq | PushTypeSet.EmailDelivery;
        for (var place = 0; place < Listed.Length; place++)
            if (Listed[place] is not null) types |= PushTypes.OfListed(place);
        return types;
    }

    private static ModSeq Greater(ModSeq a, ModSeq b) => a.Value >= b.Value ? a : b;

    private PushTypeSet SinceModSeq(ModSeq modSeq) => Last == modSeq ? PushTypeSet.None
        : LastEmail.Value > modSeq.Value || Last.Value < modSeq.Value ? PushTypeSet.OfModSeq | PushTypeSet.EmailDelivery
        : PushTypeSet.OfModSeq;
}

/// <summary>
/// All that a client was told, in a few octets: the id of an event (RFC 8620 §7.3) and the pushState of a WebSocket (RFC 8887 §4.3.5.1). A client that
/// comes again brings it, and is told what it missed.
/// </summary>
internal static class PushToken
{
    private const int MaxLength = 4096;

    /// <param name="Mark">See <see cref="PushState.Mark"/>.</param>
    public readonly record struct Entry(ModSeq Last, string Mark);

    public static string Write(IEnumerable<(AccountId Account, PushState State)> told)
    {
        var token = new StringBuilder();
        foreach (var (account, state) in told)
        {
            if (token.Length > 0) token.Append('.');
            token.Append(CultureInfo.InvariantCulture, $"{account.Value:x}-{state.Last.Value:x}-{state.Mark}");
        }
        return token.ToString();
    }

    /// <summary>Null for one that is not ours: then nothing is known of what the client has.</summary>
    public static Dictionary<AccountId, Entry>? Read(string token)
    {
        if (token.Length is 0 or > MaxLength) return null;
        var told = new Dictionary<AccountId, Entry>();
        foreach (var one in token.Split('.'))
        {
            var parts = one.Split('-');
            if (parts.Length != 3 || !TryNumber(parts[0], out var account) || !TryNumber(parts[1], out var modSeq)) return null;
            told[new AccountId(account)] = new Entry(new ModSeq(modSeq), parts[2]);
        }
        return told;
    }

    private static bool TryNumber(string text, out long number) => long.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number) && number >= 0;
}
