using Facteur.Smtp;
using Facteur.Storage;

namespace Facteur.Delivery.Filtering;

/// <summary>What the checks of one message found so far. Used by one check after the other.</summary>
internal sealed class FilterScore
{
    /// <summary>Reasons kept; a rule set outside may have hundreds.</summary>
    private const int MaxReasons = 100;

    private readonly List<FilterReason> reasons = [];
    private readonly List<AddedField> fields = [];
    private Dictionary<AccountId, FilterReason>? junkFor;

    public double Total { get; private set; }
    public IReadOnlyList<FilterReason> Reasons => reasons;
    public IReadOnlyList<AddedField> Fields => fields;

    /// <summary>It goes to Junk whatever its points, also from a known correspondent.</summary>
    public bool MustJunk { get; private set; }
    public SmtpRefusal? Refusal { get; private set; }

    public void Add(string name, double points, string english, string french) => Add(new FilterReason(name, points, english, french));

    public void Add(FilterReason reason)
    {
        Total += reason.Score;
        if (reasons.Count < MaxReasons) reasons.Add(reason);
    }

    public void Add(AddedField field)
    {
        if (fields.Count < MaxReasons) fields.Add(field);
    }

    public void ForceJunk() => MustJunk = true;

    /// <summary>It goes to Junk for one account.</summary>
    public void JunkFor(AccountId account, FilterReason reason) => (junkFor ??= [])[account] = reason;

    public FilterReason? JunkReason(AccountId account) => junkFor?.GetValueOrDefault(account);

    /// <summary>A permanent refusal wins over a temporary one: trying again changes nothing.</summary>
    public void Reject(SmtpRefusal refusal)
    {
        if (Refusal is null || (Refusal.IsTemporary && !refusal.IsTemporary)) Refusal = refusal;
    }

    /// <summary>Takes over what another check found.</summary>
    public void Take(FilterScore other)
    {
        foreach (var reason in other.reasons) Add(reason);
        foreach (var field in other.fields) Add(field);
        if (other.MustJunk) ForceJunk();
        if (other.Refusal is { } refusal) Reject(refusal);
        if (other.junkFor is null) return;
        foreach (var (account, reason) in other.junkFor) JunkFor(account, reason);
    }
}
