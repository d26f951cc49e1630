using System.CommandLine;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur account locale, facteur domain locale|postmaster|verp: shows what holds, or sets it.</summary>
internal static class Locale
{
    private static readonly string[] languages = ["fr", "en", "default"];

    public static Command CreateForAccount()
    {
        var account = VerbOptions.Account();
        var value = Value("LANGUAGE", "fr, en, or default (as its domain)", languages);
        return Verb.Create<ChosenView>("locale", "Language of reports and replies that an account gets",
            line => new ControlRequest("account.locale", ("account", line.GetRequiredValue(account)), ("value", line.GetValue(value))), Show, account, value);
    }

    public static Command CreateForDomain() => OfDomain("locale", "Language of reports and replies for the accounts of a domain", Value("LANGUAGE", "fr, en, or default (as the site)", languages), Show);

    public static Command CreatePostmaster() => OfDomain(
        "postmaster", "Who gets mail for postmaster and abuse of a domain that has no such address", Value("ADDRESS", "An address, or default (the first account of the domain)"),
        (console, view) => console.MarkupLineInterpolated($"{view.Name}: {(view.Value is null ? "the first account of the domain" : view.Value)}"));

    public static Command CreateVerp() => OfDomain(
        "verp", "Whether envelope senders of a domain carry an id, so that reports that say nothing of their message are bound to it", Value("STATE", "on, off, or default (as the site)", "on", "off", "default"), Show);

    private static Command OfDomain(string name, string description, Argument<string?> value, Action<IAnsiConsole, ChosenView> show)
    {
        var domain = new Argument<string>("DOMAIN") { Description = "Domain name, or \"site\" for all domains that say nothing themselves" };
        return Verb.Create<ChosenView>(name, description,
            line => new ControlRequest("domain." + name, ("name", line.GetRequiredValue(domain)), ("value", line.GetValue(value))), show, domain, value);
    }

    private static Argument<string?> Value(string name, string description, params string[] allowed)
    {
        var value = new Argument<string?>(name) { Description = $"{description}; without it, what holds now is shown", Arity = ArgumentArity.ZeroOrOne };
        if (allowed.Length > 0) value.AcceptOnlyFromAmong(allowed);
        return value;
    }

    private static void Show(IAnsiConsole console, ChosenView view) => console.MarkupLineInterpolated($"{view.Name}: {view.Value}");
}
