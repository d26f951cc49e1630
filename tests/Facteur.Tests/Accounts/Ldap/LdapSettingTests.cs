using System.Text.Json.Nodes;
using Facteur.Accounts;
using Facteur.Server.Control;
using Facteur.Server.Control.Settings;

namespace Facteur.Tests.Accounts.Ldap;

/// <summary>The setting "ldap" as an operator writes it.</summary>
public sealed class LdapSettingTests
{
    [Theory]
    [InlineData("""{"servers": ["ldaps://ldap.example.org"], "base": "dc=example"}""", null)]
    [InlineData("""{"servers": ["ldap://ldap.example.org"], "userDn": "uid={local},ou=people", "createAccounts": true}""", null)]
    [InlineData("""{"servers": []}""", null)]
    [InlineData("""{"servers": ["ldap.example.org"], "base": "dc=example"}""", "\"ldap.example.org\" is no directory; *")]
    [InlineData("""{"servers": ["ldaps://a"]}""", "\"base\" is missing: *")]
    [InlineData("""{"servers": ["ldaps://a"], "userDn": "ou=people"}""", "\"userDn\" needs {user} or {local} in it.")]
    [InlineData("""{"servers": ["ldaps://a"], "base": "b", "filter": "(mail=*)"}""", "\"filter\" needs {user} or {local} in it: *")]
    [InlineData("""{"servers": ["ldaps://a"], "base": "b", "filter": "mail={user}"}""", "\"mail={user}\" is no filter: *")]
    [InlineData("""{"servers": ["ldaps://a"], "base": "b", "listFilter": "(mail={user})"}""", "*there are *")]
    [InlineData("""{"servers": ["ldaps://a"], "base": "b", "bindDn": "cn=x"}""", "\"bindDn\" needs a \"password\".")]
    [InlineData("""{"servers": ["ldaps://a"], "base": "b", "password": "x"}""", "\"password\" needs a \"bindDn\".")]
    [InlineData("""{"servers": ["ldaps://a"], "base": "b", "bindDn": "cn=x", "password": ""}""", "*cannot be empty*")]
    [InlineData("""{"servers": ["ldaps://a"], "base": "b", "caFile": "ca.pem"}""", "\"caFile\" is a path from the root.")]
    [InlineData("""{"servers": ["ldaps://a"], "base": "b", "timeoutSeconds": 600}""", "*allowed is 1 to 60.")]
    [InlineData("""{"servrs": ["ldaps://a"]}""", "There is no \"servrs\" (did you mean servers?)*")]
    public void What_is_wrong_is_told_in_one_sentence(string json, string? sentence)
    {
        var scope = NamedScope.Site;
        var kind = SettingKind.Require("ldap");
        if (sentence is null) Assert.NotNull(kind.Check(JsonNode.Parse(json), scope));
        else Assert.Matches(Support.TranscriptScript.WildcardPattern(sentence), Assert.Throws<AccountRuleException>(() => kind.Check(JsonNode.Parse(json), scope)).Message);
    }
}
