namespace Facteur.Storage.Searching;

/// <summary>True, or false, of every message.</summary>
public sealed record ConstantCondition(bool Value) : SearchCondition
{
    public static readonly ConstantCondition True = new(true);
    public static readonly ConstantCondition False = new(false);

    public override SearchCost Cost => SearchCost.Row;
    public override Verdict Match(SearchSubject subject) => Answer(Value);
}

/// <summary>Several conditions of which all, or one, must match. They are asked cheapest first; their order has no meaning, but is kept.</summary>
public abstract record CombinedCondition : SearchCondition
{
    private readonly SearchCondition[] written;
    private SearchCondition[]? byCost; // made when it is first asked: a parser builds long chains step by step
    private readonly Verdict decisive;

    private protected CombinedCondition(List<SearchCondition> conditions, Verdict decisive)
    {
        written = [.. conditions];
        this.decisive = decisive;
        Depth = 1 + written.Max(one => one.Depth);
        Cost = written.Max(one => one.Cost);
        foreach (var condition in written)
        {
            Fields |= condition.Fields;
            DependsOn |= condition.DependsOn;
        }
    }

    public sealed override int Depth { get; }
    public sealed override SearchCost Cost { get; }
    public sealed override EmailFields Fields { get; }
    public sealed override SearchDependence DependsOn { get; }
    public sealed override IReadOnlyList<SearchCondition> Children => written;

    public sealed override Verdict Match(SearchSubject subject)
    {
        var unknown = false;
        foreach (var condition in byCost ??= [.. written.OrderBy(one => one.Cost)])
        {
            var verdict = condition.Match(subject);
            if (verdict == decisive) return decisive;
            unknown |= verdict == Verdict.Unknown;
        }
        return unknown ? Verdict.Unknown : decisive == Verdict.No ? Verdict.Yes : Verdict.No;
    }

    public virtual bool Equals(CombinedCondition? other) => other is not null && decisive == other.decisive && written.AsSpan().SequenceEqual(other.written);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(decisive);
        foreach (var condition in written) hash.Add(condition);
        return hash.ToHashCode();
    }

    private protected List<SearchCondition> BindChildren(SearchBinding binding)
    {
        var bound = new List<SearchCondition>(written.Length);
        foreach (var condition in written) bound.Add(condition.Bind(binding));
        return bound;
    }
}

/// <summary>All must match.</summary>
public sealed record AndCondition : CombinedCondition
{
    private AndCondition(List<SearchCondition> conditions) : base(conditions, Verdict.No)
    {
    }

    /// <summary>As flat as it can be: a chain of AND is one, what is always true is left out, one condition stands for itself.</summary>
    public static SearchCondition Of(IEnumerable<SearchCondition> conditions)
    {
        var flat = new List<SearchCondition>();
        foreach (var condition in conditions)
            if (condition is AndCondition inner) flat.AddRange(inner.Children);
            else if (condition is not ConstantCondition { Value: true }) flat.Add(condition);
        return flat.Count == 0 ? ConstantCondition.True : flat.Count == 1 ? flat[0] : new AndCondition(flat);
    }

    public override SearchCondition Bind(SearchBinding binding) => Of(BindChildren(binding));
}

/// <summary>One must match.</summary>
public sealed record OrCondition : CombinedCondition
{
    private OrCondition(List<SearchCondition> conditions) : base(conditions, Verdict.Yes)
    {
    }

    /// <summary>As flat as it can be: clients of IMAP that look for many message ids send long chains of OR, which are one wide OR here.</summary>
    public static SearchCondition Of(IEnumerable<SearchCondition> conditions)
    {
        var flat = new List<SearchCondition>();
        foreach (var condition in conditions)
            if (condition is OrCondition inner) flat.AddRange(inner.Children);
            else if (condition is not ConstantCondition { Value: false }) flat.Add(condition);
        return flat.Count == 0 ? ConstantCondition.False : flat.Count == 1 ? flat[0] : new OrCondition(flat);
    }

    public override SearchCondition Bind(SearchBinding binding) => Of(BindChildren(binding));
}

/// <summary>Must not match.</summary>
public sealed record NotCondition : SearchCondition
{
    private NotCondition(SearchCondition inner) => Inner = inner;

    public SearchCondition Inner { get; }

    public override int Depth => 1 + Inner.Depth;
    public override SearchCost Cost => Inner.Cost;
    public override EmailFields Fields => Inner.Fields;
    public override SearchDependence DependsOn => Inner.DependsOn;
    public override IReadOnlyList<SearchCondition> Children => [Inner];

    public static SearchCondition Of(SearchCondition condition) => condition switch
    {
        NotCondition twice => twice.Inner,
        ConstantCondition constant => constant.Value ? ConstantCondition.False : ConstantCondition.True,
        _ => new NotCondition(condition),
    };

    public override Verdict Match(SearchSubject subject) => Inner.Match(subject) switch
    {
        Verdict.Yes => Verdict.No,
        Verdict.No => Verdict.Yes,
        _ => Verdict.Unknown,
    };

    public override SearchCondition Bind(SearchBinding binding) => Of(Inner.Bind(binding));
}
