using System.CommandLine;
using System.Text.Json.Nodes;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur setting list|get|set|add|rm: any setting document, as JSON.</summary>
internal static class Setting
{
    /// <summary>Characters of a document shown in a list.</summary>
    private const int Shown = 100;

    public static Command Create() => new("setting", "Settings as JSON documents, of the server, a domain, a group or an account; passwords are shown as ***")
    {
        CreateList(),
        CreateGet(),
        CreateSet(),
        CreateAdd(),
        CreateRemove(),
    };

    private static Argument<string> Name() => new("NAME") { Description = "Such as route, limits, queue, filters, filter, policy, forward, vacation, locale, postmaster, bounces, people, mta-sts, ldap, oauth, oidc" };

    private static Argument<string?> Key() => new("KEY") { Description = "A value inside, such as giveUpHours; without it the whole document is meant", Arity = ArgumentArity.ZeroOrOne };

    private static Command CreateList()
    {
        var name = new Argument<string?>("NAME") { Description = "Only settings of this name", Arity = ArgumentArity.ZeroOrOne };
        return Verb.Create<List<SettingView>>("list", "List what is set, with the scope", line => new ControlRequest("setting.list", ("name", line.GetValue(name))), Show, name);
    }

    private static Command CreateGet()
    {
        var name = Name();
        var scope = new ScopeOptions(withGroups: true);
        return Verb.Create<SettingView>("get", "Show a document; *** in place of a password may stay when it is written back",
            line => new ControlRequest("setting.get", [.. scope.Of(line), ("name", line.GetRequiredValue(name))]), Show, [name, .. scope.All]);
    }

    private static Command CreateSet()
    {
        var (name, key) = (Name(), Key());
        var values = new Argument<string[]>("VALUE") { Description = "Its value", Arity = ArgumentArity.ZeroOrMore };
        var scope = new ScopeOptions(withGroups: true);
        return Verb.Create<SettingView>("set", "Write a document that is read from standard input, or one value inside",
            async (line, cancel) => line.GetValue(key) is { } inside
                ? Edit(scope, line, "set", line.GetRequiredValue(name), inside, line.GetValue(values) is { Length: > 0 } some ? some : throw new UsageException($"Say the value of {inside}."))
                : new ControlRequest("setting.set", [.. scope.Of(line), ("name", line.GetRequiredValue(name)), ("json", await Console.In.ReadToEndAsync(cancel))]),
            Show, [name, key, values, .. scope.All]);
    }

    private static Command CreateAdd()
    {
        var name = Name();
        var key = new Argument<string>("KEY") { Description = "A list inside" };
        var values = new Argument<string[]>("VALUE") { Description = "Texts, or the name=value pairs of one entry", Arity = ArgumentArity.OneOrMore };
        var scope = new ScopeOptions(withGroups: true);
        return Verb.Create<SettingView>("add", "Add to a list inside a document",
            line => Edit(scope, line, "add", line.GetRequiredValue(name), line.GetRequiredValue(key), line.GetRequiredValue(values)), Show, [name, key, values, .. scope.All]);
    }

    private static Command CreateRemove()
    {
        var (name, key) = (Name(), Key());
        var values = new Argument<string[]>("VALUE") { Description = "Entries of a list", Arity = ArgumentArity.ZeroOrMore };
        var scope = new ScopeOptions(withGroups: true);
        return Verb.Create<SettingView>("rm", "Remove a document, one value inside, or entries of a list inside",
            line => line.GetValue(key) is { } inside
                ? Edit(scope, line, "rm", line.GetRequiredValue(name), inside, line.GetValue(values) ?? [])
                : new ControlRequest("setting.rm", [.. scope.Of(line), ("name", line.GetRequiredValue(name))]),
            Show, [name, key, values, .. scope.All]);
    }

    private static ControlRequest Edit(ScopeOptions scope, ParseResult line, string action, string name, string key, string[] values) =>
        new("setting.edit", [.. scope.Of(line), ("name", name), ("action", action), ("key", key), ("values", string.Join('\n', values))]);

    // Not wrapped: it may be edited and written back.
    private static void Show(IAnsiConsole console, SettingView view)
    {
        if (view.Value is null) console.MarkupLineInterpolated($"The setting \"{view.Name}\" of the {view.Scope.ToString()} is not set any more.");
        else console.Profile.Out.Writer.WriteLine(view.Value.ToJsonString(ControlJson.Indented));
    }

    private static void Show(IAnsiConsole console, List<SettingView> settings)
    {
        if (settings.Count == 0)
        {
            console.WriteLine("Nothing is set: the defaults hold.");
            return;
        }
        var table = new Table().RoundedBorder().AddColumn("Setting").AddColumn("Of").AddColumn("Value");
        foreach (var one in settings) table.AddRow(Markup.Escape(one.Name), Markup.Escape(one.Scope.ToString()), Markup.Escape(Short(one.Value)));
        console.Write(table);
    }

    private static string Short(JsonNode? value)
    {
        var text = value?.ToJsonString(ControlJson.Options) ?? "unreadable";
        return text.Length <= Shown ? text : text[..Shown] + "…";
    }
}
