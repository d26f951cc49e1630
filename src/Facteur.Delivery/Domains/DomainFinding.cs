using System.Globalization;
using System.Resources;
using Facteur.Net.Dns;

namespace Facteur.Delivery.Domains;

/// <summary>How a record was found.</summary>
public enum FindingState
{
    Ok,
    /// <summary>Works, and could be better.</summary>
    Warning,
    Fault,
    /// <summary>DNS gave no answer: nothing can be said now.</summary>
    Unknown,
}

/// <summary>What a check found of one record.</summary>
/// <param name="Code">Stable code of the fault, "FCT-21nn"; "" when all is well.</param>
/// <param name="Found">What DNS says now, in zone-file form; "" for nothing.</param>
/// <param name="Arguments">What the text of the code mentions.</param>
public sealed record DomainFinding(DomainRecordLine Record, FindingState State, string Code, string Found, params string[] Arguments)
{
    private static readonly ResourceManager Texts = new(typeof(DomainFinding).FullName!, typeof(DomainFinding).Assembly);

    /// <summary>What is wrong and why it matters; "" when all is well.</summary>
    public string Problem(CultureInfo language) =>
        Code.Length == 0 ? "" : string.Format(language, Texts.GetString(Code, language) ?? Code, [.. Arguments]);

    internal static DomainFinding Good(DomainRecordLine record, string found) => new(record, FindingState.Ok, "", found);

    /// <summary>A fault if the record must be there, else a warning.</summary>
    internal static DomainFinding Bad(DomainRecordLine record, string code, string found, params string[] arguments) =>
        new(record, record.Level == RecordLevel.Must ? FindingState.Fault : FindingState.Warning, code, found, arguments);

    internal static DomainFinding Warn(DomainRecordLine record, string code, string found, params string[] arguments) => new(record, FindingState.Warning, code, found, arguments);

    /// <summary>The answer tells nothing about the record.</summary>
    internal static DomainFinding NoAnswer(DomainRecordLine record, DnsAnswer answer) => answer.Status == DnsStatus.Bogus
        ? new(record, FindingState.Fault, "FCT-2102", "", record.Owner)
        : new(record, FindingState.Unknown, "FCT-2101", "", record.Owner, answer.Status.ToString());

    /// <summary>The name has no record of this type: a fault, a warning, or (a record that may be there) nothing to say.</summary>
    internal static DomainFinding Missing(DomainRecordLine record) => record.Level == RecordLevel.May
        ? Good(record, "")
        : Bad(record, "FCT-2103", "", record.Type.ToString().ToUpperInvariant(), record.Owner);
}
