namespace Facteur.Jmap;

public static partial class JmapMethods
{
    private static partial IEnumerable<JmapMethod> Queries()
    {
        var results = new EmailResults();
        return
        [
            new EmailQuery(results), new EmailQueryChanges(results), new MailboxQuery(), new MailboxQueryChanges(), new SearchSnippetGet(), new SearchParse(),
        ];
    }
}
