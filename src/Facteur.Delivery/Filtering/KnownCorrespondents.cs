using System.Globalization;
using Facteur.Accounts;
using Facteur.Storage;

namespace Facteur.Delivery.Filtering;

/// <summary>
/// Who an account writes with: addresses it wrote to, and those whose mail it kept. Their mail is neither greylisted nor put into Junk
/// by its points, unless it is not theirs (DMARC fails).
/// </summary>
public sealed class KnownCorrespondents(StateStore state, TimeProvider time)
{
    /// <summary>A correspondence that nobody went on with is over. Two years: there are letters that come once a year.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(730);

    /// <summary>Recipients noted of one message; more are a mailing.</summary>
    internal const int MaxNoted = 100;

    /// <summary>The account wrote to these addresses.</summary>
    public ValueTask NoteSentAsync(AccountId account, IEnumerable<string> recipients, CancellationToken cancel)
    {
        var expires = time.GetUtcNow() + Remembered;
        var changes = new List<StateChange>();
        foreach (var recipient in recipients.Take(MaxNoted))
            if (Key(recipient) is { } key) changes.Add(new StateChange(key, 1, 0, null, expires));
        return changes.Count == 0 ? ValueTask.CompletedTask : state.AddAsync(Space(account), changes, cancel);
    }

    /// <summary>The account took a message of this address out of Junk, or kept it in a folder.</summary>
    public ValueTask NoteKeptAsync(AccountId account, string sender, CancellationToken cancel) =>
        Key(sender) is { } key
            ? state.AddAsync(Space(account), [new StateChange(key, 0, 1, null, time.GetUtcNow() + Remembered)], cancel)
            : ValueTask.CompletedTask;

    /// <summary>The account said that mail of this address is spam: it is no correspondent any more, unless the account writes to it.</summary>
    public async ValueTask ForgetAsync(AccountId account, string sender, CancellationToken cancel)
    {
        if (Key(sender) is not { } key) return;
        if (await state.GetAsync(Space(account), key, cancel) is not { } known) return;
        if (known.First > 0) await state.SetAsync(Space(account), [known with { Second = 0 }], cancel);
        else await state.RemoveAsync(Space(account), key, cancel);
    }

    /// <summary>One of these addresses is a correspondent of the account.</summary>
    public async ValueTask<bool> IsKnownAsync(AccountId account, IReadOnlyList<string> senders, CancellationToken cancel)
    {
        var keys = new List<string>(senders.Count);
        foreach (var sender in senders)
            if (Key(sender) is { } key) keys.Add(key);
        return keys.Count > 0 && (await state.GetManyAsync(Space(account), keys, cancel)).Values.Any(known => known.First + known.Second > 0);
    }

    /// <summary>The account wrote to this address before; that it kept its mail does not count.</summary>
    public async ValueTask<bool> WroteToAsync(AccountId account, string address, CancellationToken cancel) =>
        Key(address) is { } key && await state.GetAsync(Space(account), key, cancel) is { First: > 0 };

    internal static string Space(AccountId account) => string.Create(CultureInfo.InvariantCulture, $"correspondent:{account.Value}");

    // Their host alone knows whether case matters in its local parts (RFC 5321 §2.4); none that anybody writes to makes the difference.
    private static string? Key(string address) => EmailAddress.TryParse(address, out var parsed) ? parsed.ToString() : null;
}
