using Facteur.Net.Dns;

namespace Facteur.Delivery.Authentication.Dkim;

/// <summary>What the DNS says of a key.</summary>
/// <param name="Records">Fit to be read; several when the domain has several (RFC 6376 §6.1.2 leaves open which counts).</param>
/// <param name="Verdict">With no records: temperror or permerror.</param>
internal sealed record KeyAnswer(IReadOnlyList<KeyRecord> Records, DkimVerdict Verdict, string? Problem);

/// <summary>The keys that the signatures of one message need: each name is asked for once, and all at the same time.</summary>
internal sealed class KeyLookups(DnsResolver dns, CancellationToken cancel)
{
    /// <summary>RFC 6376 §3.6.2.2 knows one record; a second one is met while keys are exchanged.</summary>
    private const int MaxRecords = 4;

    private readonly Dictionary<string, Task<KeyAnswer>> answers = new(2, StringComparer.Ordinal);

    /// <summary>Puts the question for a name of the form selector._domainkey.domain, unless it has been put.</summary>
    public void Ask(string name)
    {
        if (!answers.ContainsKey(name)) answers.Add(name, AskAsync(name));
    }

    /// <summary>The answer to a question that was put.</summary>
    public Task<KeyAnswer> FindAsync(string name) => answers[name];

    private async Task<KeyAnswer> AskAsync(string name)
    {
        var answer = await dns.QueryAsync(name, DnsType.Txt, cancel);
        if (answer.Status == DnsStatus.Bogus) return new([], DkimVerdict.TempError, $"DNSSEC: the answer for {name} is bogus");
        if (answer.IsTemporaryFailure) return new([], DkimVerdict.TempError, $"no answer for {name}");
        return Read(answer, name);
    }

    private static KeyAnswer Read(DnsAnswer answer, string name)
    {
        var records = new List<KeyRecord>(1);
        var isMalformed = false;
        foreach (var data in answer.Records)
        {
            if (records.Count == MaxRecords || data is not TxtRecordData txt) continue;
            if (KeyRecord.Parse(txt.Text, out var isOther) is { } record) records.Add(record);
            else isMalformed |= !isOther;
        }
        if (records.Count > 0) return new(records, DkimVerdict.None, null);
        return new([], DkimVerdict.PermError, isMalformed ? $"the key record {name} cannot be read" : $"there is no key at {name}");
    }
}
