namespace Facteur.Jmap;

public static partial class JmapMethods
{
    private static partial IEnumerable<JmapMethod> Changing() => [new EmailChanges(), new ThreadChanges(), new MailboxChanges(), new EmailSet(), new MailboxSet()];
}
