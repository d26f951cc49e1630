namespace Facteur.Jmap;

public static partial class JmapMethods
{
    private static partial IEnumerable<JmapMethod> Sending() =>
    [
        new IdentityGet(), new IdentityChanges(), new IdentitySet(),
        new EmailSubmissionGet(), new EmailSubmissionChanges(), new EmailSubmissionQuery(), new EmailSubmissionQueryChanges(), new EmailSubmissionSet(),
        new VacationResponseGet(), new VacationResponseSet(),
        new MdnSend(), new MdnParse(),
    ];
}
