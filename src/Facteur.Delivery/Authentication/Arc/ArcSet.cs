using Facteur.Delivery.Authentication.Dkim;

namespace Facteur.Delivery.Authentication.Arc;

/// <summary>The three fields of one instance (RFC 8617 §4.2).</summary>
internal sealed class ArcSet
{
    private const int Missing = -1;

    /// <summary>Number of the ARC-Authentication-Results in the header, or -1.</summary>
    public int Results { get; private set; } = Missing;

    /// <summary>Numbers of the other two in the header.</summary>
    public int MessageField { get; private set; } = Missing;
    public int SealField { get; private set; } = Missing;

    public SignatureField? Message { get; private set; }
    public SignatureField? Seal { get; private set; }

    /// <summary>cv=; null when it is none that is known.</summary>
    public static ArcVerdict? Status(SignatureField? seal) => seal?.Tags?.ChainStatus.ToLowerInvariant() switch
    {
        "none" => ArcVerdict.None,
        "pass" => ArcVerdict.Pass,
        "fail" => ArcVerdict.Fail,
        _ => null,
    };

    /// <summary>Finds the sets of a header, first to last; sets of the instances between may be empty.</summary>
    /// <param name="problem">A field that belongs to no set, or to one that has its like already.</param>
    public static ArcSet[] Collect(SignedHeader header, out string? problem)
    {
        problem = null;
        var sets = new List<ArcSet>();
        for (var i = 0; i < header.Fields.Count; i++)
        {
            var field = header.Fields[i];
            if (!IsArc(header.Name(field))) continue;
            if (header.Is(field, "ARC-Authentication-Results"u8)) problem = Place(sets, ArcInstance.OfResults(header.Body(field)), i, null, isSeal: false) ?? problem;
            else if (header.Is(field, "ARC-Message-Signature"u8)) problem = Place(sets, header, i, SignatureKind.ArcMessage) ?? problem;
            else if (header.Is(field, "ARC-Seal"u8)) problem = Place(sets, header, i, SignatureKind.ArcSeal) ?? problem;
        }
        return [.. sets];
    }

    /// <summary>Steps 2 and 3 of RFC 8617 §5.2: null when the sets form a chain.</summary>
    public static string? Fault(ReadOnlySpan<ArcSet> sets)
    {
        if (Status(sets[^1].Seal) == ArcVerdict.Fail) return "the last sealer found the chain broken (cv=fail)";
        for (var i = 0; i < sets.Length; i++)
        {
            var set = sets[i];
            if (set.Results == Missing) return $"ARC-Authentication-Results {i + 1} is missing";
            if (set.Message is null) return $"ARC-Message-Signature {i + 1} is missing";
            if (set.Seal is null) return $"ARC-Seal {i + 1} is missing";
            if (set.Seal.Tags is null) return $"ARC-Seal {i + 1}: {set.Seal.Problem}";
            if (Status(set.Seal) != (i == 0 ? ArcVerdict.None : ArcVerdict.Pass)) return $"ARC-Seal {i + 1} has a wrong cv=";
        }
        return sets[^1].Message!.Tags is null ? $"ARC-Message-Signature {sets.Length}: {sets[^1].Message!.Problem}" : null;
    }

    private static string? Place(List<ArcSet> sets, SignedHeader header, int index, SignatureKind kind)
    {
        var field = SignatureParser.Parse(kind, header, index);
        return Place(sets, field.Instance, index, field, kind == SignatureKind.ArcSeal);
    }

    private static string? Place(List<ArcSet> sets, int instance, int index, SignatureField? signature, bool isSeal)
    {
        if (instance == 0) return "an ARC field has no instance (i=)";
        while (sets.Count < instance) sets.Add(new());
        var set = sets[instance - 1];
        if (signature is null)
        {
            if (set.Results != Missing) return $"ARC-Authentication-Results {instance} is there twice";
            set.Results = index;
        }
        else if (isSeal)
        {
            if (set.Seal is not null) return $"ARC-Seal {instance} is there twice";
            (set.Seal, set.SealField) = (signature, index);
        }
        else
        {
            if (set.Message is not null) return $"ARC-Message-Signature {instance} is there twice";
            (set.Message, set.MessageField) = (signature, index);
        }
        return null;
    }

    private static bool IsArc(ReadOnlySpan<byte> name) => name.Length > 4 && System.Text.Ascii.EqualsIgnoreCase(name[..4], "ARC-"u8);
}
