namespace Facteur.Jmap;

/// <summary>EmailSubmission/queryChanges (RFC 8621 §7.4).</summary>
internal sealed class EmailSubmissionQueryChanges() : NumberedQueryChanges(EmailSubmissionType.Instance);
