using System.Text.Json.Serialization;

namespace Facteur.Delivery.Reports;

/// <summary>A report on TLS, names as in RFC 8460 §4.4.</summary>
public sealed record TlsReport(
    [property: JsonPropertyName("organization-name")] string Organization,
    [property: JsonPropertyName("date-range")] TlsReportRange DateRange,
    [property: JsonPropertyName("contact-info")] string? Contact,
    [property: JsonPropertyName("report-id")] string ReportId,
    [property: JsonPropertyName("policies")] IReadOnlyList<TlsReportPolicy> Policies);

public sealed record TlsReportRange(
    [property: JsonPropertyName("start-datetime")] DateTimeOffset Start,
    [property: JsonPropertyName("end-datetime")] DateTimeOffset End);

/// <summary>What happened under one policy.</summary>
public sealed record TlsReportPolicy(
    [property: JsonPropertyName("policy")] TlsAppliedPolicy Policy,
    [property: JsonPropertyName("summary")] TlsReportSummary Summary,
    [property: JsonPropertyName("failure-details")] IReadOnlyList<TlsFailure>? Failures);

/// <param name="Type">"tlsa", "sts" or "no-policy-found".</param>
/// <param name="Lines">Lines of the MTA-STS policy, or TLSA records in presentation form (RFC 8460 §4.5).</param>
public sealed record TlsAppliedPolicy(
    [property: JsonPropertyName("policy-type")] string Type,
    [property: JsonPropertyName("policy-string"), JsonConverter(typeof(OneOrManyStrings))] IReadOnlyList<string>? Lines,
    [property: JsonPropertyName("policy-domain")] string Domain,
    [property: JsonPropertyName("mx-host"), JsonConverter(typeof(OneOrManyStrings))] IReadOnlyList<string>? MxHosts);

public sealed record TlsReportSummary(
    [property: JsonPropertyName("total-successful-session-count")] long Successful,
    [property: JsonPropertyName("total-failure-session-count")] long Failed);

/// <param name="Type">A word of RFC 8460 §4.3.</param>
public sealed record TlsFailure(
    [property: JsonPropertyName("result-type")] string Type,
    [property: JsonPropertyName("sending-mta-ip")] string? SendingAddress,
    [property: JsonPropertyName("receiving-mx-hostname")] string? ReceivingHost,
    [property: JsonPropertyName("receiving-mx-helo")] string? ReceivingHello,
    [property: JsonPropertyName("receiving-ip")] string? ReceivingAddress,
    [property: JsonPropertyName("failed-session-count")] long Sessions,
    [property: JsonPropertyName("additional-information")] string? AdditionalInformation,
    [property: JsonPropertyName("failure-reason-code")] string? Reason);
