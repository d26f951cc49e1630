using System.CommandLine;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur forward show|set|off|ask|confirm ACCOUNT: where mail of an account goes on to.</summary>
internal static class Forward
{
    public static Command Create() => new("forward", "Send mail of an account on to other addresses") { CreateShow(), CreateSet(), CreateOff(), CreateAsk(), CreateConfirm() };

    private static Argument<string> Target() => new("TARGET") { Description = "Address that mail is sent on to" };

    private static Command CreateShow()
    {
        var account = VerbOptions.Account();
        return Verb.Create<ForwardView>("show", "Show the forwarding of an account", line => new ControlRequest("forward.show", ("account", line.GetRequiredValue(account))), Show, account);
    }

    private static Command CreateSet()
    {
        var account = VerbOptions.Account();
        var targets = new Argument<string[]>("TARGET") { Description = "Addresses that mail is sent on to, in place of those before", Arity = ArgumentArity.OneOrMore };
        var keep = new Option<string>("--keep") { Description = "What stays here: keep (a copy in the inbox), archive (in the archive) or delete (none)", DefaultValueFactory = _ => "keep" };
        keep.AcceptOnlyFromAmong("keep", "archive", "delete");
        return Verb.Create<ForwardView>("set", "Forward at an administrator's word: the targets need not confirm",
            line => new ControlRequest("forward.set",
                ("account", line.GetRequiredValue(account)), ("targets", string.Join('\n', line.GetRequiredValue(targets))), ("keep", line.GetRequiredValue(keep))),
            Show, account, targets, keep);
    }

    private static Command CreateOff()
    {
        var account = VerbOptions.Account();
        return Verb.Create<ForwardView>("off", "Forward nothing any more", line => new ControlRequest("forward.off", ("account", line.GetRequiredValue(account))), Show, account);
    }

    private static Command CreateAsk()
    {
        var (account, target) = (VerbOptions.Account(), Target());
        var rules = new Option<bool>("--for-rules") { Description = "Only rules send mail to it (facteur rules), nothing goes there by itself" };
        return Verb.Create<ForwardCodeView>("ask", "Add a target that is to confirm: sends it a message with a code",
            line => new ControlRequest("forward.ask", ("account", line.GetRequiredValue(account)), ("target", line.GetRequiredValue(target)), ("use", line.GetValue(rules) ? "rules" : null)), Show, account, target, rules);
    }

    private static Command CreateConfirm()
    {
        var (account, target) = (VerbOptions.Account(), Target());
        var code = new Argument<string>("CODE") { Description = "The code that was sent to the target" };
        return Verb.Create<ForwardView>("confirm", "Confirm a target with its code",
            line => new ControlRequest("forward.confirm", ("account", line.GetRequiredValue(account)), ("target", line.GetRequiredValue(target)), ("code", line.GetRequiredValue(code))),
            Show, account, target, code);
    }

    private static void Show(IAnsiConsole console, ForwardCodeView view)
    {
        if (view.Code is null) console.MarkupLineInterpolated($"[bold]{view.Address}[/] is good from now on: it needs no code.");
        else console.MarkupLineInterpolated($"A message with the code [bold]{view.Code}[/] is on its way to {view.Address}. Nothing else goes there until it is confirmed with the code, within a week.");
    }

    private static void Show(IAnsiConsole console, ForwardView view)
    {
        if (view.Targets.Count == 0)
        {
            console.MarkupLineInterpolated($"Mail of [bold]{view.Account}[/] is not forwarded.");
            return;
        }
        var stays = view.Keep switch { "archive" => "a copy stays in the archive", "delete" => "no copy stays here", _ => "a copy stays in the inbox" };
        console.MarkupLineInterpolated($"Mail of [bold]{view.Account}[/] is forwarded; {stays}.");
        foreach (var target in view.Targets) console.MarkupLineInterpolated($"  {target.Address}{(target.Confirmed ? "" : "  (not confirmed yet: nothing goes to it)")}");
    }
}
