namespace Facteur.Jmap;

/// <summary>EmailSubmission/changes (RFC 8621 §7.2).</summary>
internal sealed class EmailSubmissionChanges() : NumberedChanges(EmailSubmissionType.Instance);
