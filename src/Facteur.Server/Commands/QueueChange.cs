using System.CommandLine;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur queue retry|hold|release|bounce|cancel [ID] [selection] [--all], and redirect ID ADDRESS.</summary>
internal static class QueueChange
{
    /// <param name="done">What the answer says of the recipients.</param>
    public static Command Create(string action, string description, string done)
    {
        var id = new Argument<string?>("ID") { Description = "Number of a message", Arity = ArgumentArity.ZeroOrOne };
        var selection = new QueueSelection();
        var all = new Option<bool>("--all") { Description = "Everything that waits" };
        var reason = new Option<string?>("--reason") { Description = "What the report to the sender says" };
        Symbol[] symbols = [id, .. selection.All, all, .. action == "bounce" ? (Symbol[])[reason] : []];
        return Verb.Create<QueueChangeView>(action, description,
            line => new ControlRequest("queue.change", [("action", action), ("id", line.GetValue(id)), .. selection.Of(line), ("all", line.GetValue(all) ? "yes" : null),
                ("reason", action == "bounce" ? line.GetValue(reason) : null)]),
            (console, view) => Show(console, view, done), symbols);
    }

    public static Command CreateRedirect()
    {
        var id = new Argument<string>("ID") { Description = "Number of a message" };
        var target = new Argument<string>("ADDRESS") { Description = "Where it goes instead" };
        var to = new Option<string?>("--to") { Description = "Only this recipient of it" };
        return Verb.Create<QueueChangeView>("redirect", "Send to another address instead",
            line => new ControlRequest("queue.change", ("action", "redirect"), ("id", line.GetRequiredValue(id)), ("target", line.GetRequiredValue(target)), ("to", line.GetValue(to))),
            (console, view) => Show(console, view, "redirected"), id, target, to);
    }

    private static void Show(IAnsiConsole console, QueueChangeView view, string done) =>
        console.WriteLine(view.Recipients == 0 ? "Nothing that waits matches." : $"{view.Recipients:N0} {(view.Recipients == 1 ? "recipient" : "recipients")} {done}.");
}
