namespace Facteur.Jmap;

public static partial class JmapMethods
{
    private static partial IEnumerable<JmapMethod> Rules() =>
    [
        new FilterRuleGet(), new FilterRuleChanges(), new FilterRuleSet(), new FilterRuleMatch(),
        new FilterScriptGet(), new FilterScriptSet(),
        new BlockedSenderGet(), new BlockedSenderChanges(), new BlockedSenderSet(),
        new ForwardAddressGet(), new ForwardAddressChanges(), new ForwardAddressSet(),
    ];
}
