namespace Facteur.Jmap;

public static partial class JmapMethods
{
    private static partial IEnumerable<JmapMethod> Reading() => [new MailboxGet(), new ThreadGet(), new EmailGet(), new EmailParse()];
}
