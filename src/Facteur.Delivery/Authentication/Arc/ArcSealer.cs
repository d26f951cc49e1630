using System.Buffers;
using System.Globalization;
using System.Text;
using Facteur.Delivery.Authentication.Dkim;

namespace Facteur.Delivery.Authentication.Arc;

/// <summary>What became of sealing a message.</summary>
public enum ArcSealing : byte
{
    Sealed,
    /// <summary>The last sealer found the chain broken: nothing is added to it (RFC 8617 §5.1 step 2).</summary>
    ChainHasFailed,
    /// <summary>There are 50 sets already (RFC 8617 §4.2.1).</summary>
    ChainIsFull,
    /// <summary>There is a chain, and nobody said whether it holds: no Authentication-Results of ours with a result for "arc".</summary>
    ChainNotChecked,
    /// <summary>The header is beyond all bounds.</summary>
    HeaderTooLarge,
}

/// <summary>
/// Adds an ARC set to a message that is sent on (RFC 8617 §5.1). What was found when it arrived is taken from our own
/// Authentication-Results in its header, which nobody else can have written (<see cref="ForgedFieldFilter"/>).
/// </summary>
/// <remarks>Takes the message as it leaves, DKIM-Signatures of ours included; the set goes before it. One object per message.</remarks>
public sealed class ArcSealer : IDisposable
{
    private readonly DkimSigningKey key;
    private readonly string authservId;
    private readonly SigningInput content = new();

    /// <param name="authservId">Our name in Authentication-Results.</param>
    public ArcSealer(DkimSigningKey key, string authservId)
    {
        this.key = key;
        this.authservId = authservId;
    }

    /// <summary>Names for h= other than our own choice; for comparisons with other implementations.</summary>
    internal List<string>? SignedNames { get; init; }

    private SignedHeader Header => content.Header;

    /// <summary>Looks at the next octets of the message, cut anywhere.</summary>
    public void Write(ReadOnlySpan<byte> octets) => content.Write(octets);

    /// <summary>The message has ended: writes ARC-Seal, ARC-Message-Signature and ARC-Authentication-Results, each with its CRLF.</summary>
    /// <returns>Nothing is written unless it is <see cref="ArcSealing.Sealed"/>.</returns>
    public ArcSealing Complete(IBufferWriter<byte> output, DateTimeOffset now)
    {
        content.Complete();
        if (Header.IsTooLarge) return ArcSealing.HeaderTooLarge;

        var sets = ArcSet.Collect(Header, out var problem);
        if (sets is [.., var last] && ArcSet.Status(last.Seal) == ArcVerdict.Fail) return ArcSealing.ChainHasFailed;
        if (sets.Length == ArcInstance.Max) return ArcSealing.ChainIsFull;
        var statements = OwnResults();
        var verdict = Verdict(sets, problem, statements);
        if (verdict is null) return ArcSealing.ChainNotChecked;

        using var input = new HashInput();
        var results = ResultsField(sets.Length + 1, statements);
        var message = MessageField(sets.Length + 1, input, now);
        // A broken chain is sealed as if there were only this set (RFC 8617 §5.1.2).
        if (verdict == ArcVerdict.Pass) SealHash.AppendSets(input, Header, sets);
        var seal = SealField(sets.Length + 1, verdict.Value, input, results, message, now);
        seal.WriteTo(output);
        message.WriteTo(output);
        results.WriteTo(output);
        return ArcSealing.Sealed;
    }

    public void Dispose() => content.Dispose();

    // All of our results become one field (RFC 8617 §4.1.1).
    private List<AuthenticationStatement> OwnResults()
    {
        var statements = new List<AuthenticationStatement>();
        foreach (var field in Header.Fields)
        {
            if (!Header.Is(field, "Authentication-Results"u8)) continue;
            if (AuthenticationResultsReader.Read(Header.Body(field), authservId) is { } found) statements.AddRange(found);
        }
        return statements;
    }

    private static ArcVerdict? Verdict(ArcSet[] sets, string? problem, List<AuthenticationStatement> statements)
    {
        if (problem is not null || (sets.Length > 0 && ArcSet.Fault(sets) is not null)) return ArcVerdict.Fail;
        if (sets.Length == 0) return ArcVerdict.None;
        return statements.Find(statement => statement.Method == "arc")?.Result switch
        {
            "pass" => ArcVerdict.Pass,
            "fail" => ArcVerdict.Fail,
            _ => null,
        };
    }

    private FieldBuilder ResultsField(int instance, List<AuthenticationStatement> statements)
    {
        var field = new FieldBuilder("ARC-Authentication-Results").Word(Instance(instance)).Word(AuthenticationResultsField.Value(authservId));
        foreach (var statement in statements) field.Append(";").Lines(statement.Text);
        return statements.Count > 0 ? field : field.Append(";").Word("none");
    }

    private FieldBuilder MessageField(int instance, HashInput input, DateTimeOffset now)
    {
        var field = new FieldBuilder("ARC-Message-Signature").Word(Instance(instance))
            .Word($"a={key.AlgorithmName};").Word("c=relaxed/relaxed;").Word($"d={key.Domain};").Word($"s={key.Selector};").Word(Time(now));
        SignatureWriter.Sign(field, key, input, Header, SignedNames ?? SignedFieldNames.ForArc(Header), content.BodyHash);
        return field;
    }

    private FieldBuilder SealField(int instance, ArcVerdict verdict, HashInput input, FieldBuilder results, FieldBuilder message, DateTimeOffset now)
    {
        foreach (var field in new[] { results, message })
        {
            FieldCanonicalizer.Relaxed(input, Encoding.ASCII.GetBytes(field.Name), field.Body, []);
            input.Append("\r\n"u8);
        }
        var seal = new FieldBuilder("ARC-Seal").Word(Instance(instance)).Word($"a={key.AlgorithmName};").Word(Time(now))
            .Word($"cv={verdict.ToString().ToLowerInvariant()};").Word($"d={key.Domain};").Word($"s={key.Selector};");
        SignatureWriter.Finish(seal, key, input);
        return seal;
    }

    private static string Instance(int instance) => string.Create(CultureInfo.InvariantCulture, $"i={instance};");

    private static string Time(DateTimeOffset now) => string.Create(CultureInfo.InvariantCulture, $"t={now.ToUnixTimeSeconds()};");
}
