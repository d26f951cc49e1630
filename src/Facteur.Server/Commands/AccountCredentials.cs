using System.CommandLine;
using Facteur.Server.Control;
using Spectre.Console;

namespace Facteur.Server.Commands;

/// <summary>facteur account credentials list|bind|unbind: what lets an account in, and certificates that do.</summary>
internal static class AccountCredentials
{
    public static Command Create() => new("credentials", "What lets an account in: password, app passwords, certificates, second factor") { CreateList(), CreateBind(), CreateUnbind() };

    private static Command CreateList()
    {
        var address = VerbOptions.Address();
        return Verb.Create<List<CredentialView>>("list", "List the credentials of an account, without their secrets",
            line => new ControlRequest("account.credentials.list", ("address", line.GetRequiredValue(address))), CredentialTable.Show, address);
    }

    private static Command CreateBind()
    {
        var (address, label) = (VerbOptions.Address(), VerbOptions.Label());
        label.Description = "What it is called (default: its subject)";
        var file = new Argument<string>("FILE") { Description = "The certificate in PEM" };
        return Verb.Create<CredentialView>("bind", "Let a client certificate in (EXTERNAL); the listener has to ask for one",
            async (line, cancel) => new ControlRequest("account.credentials.bind",
                ("address", line.GetRequiredValue(address)), ("pem", await ReadAsync(line.GetRequiredValue(file), cancel)), ("label", line.GetValue(label))),
            (console, view) => console.MarkupLineInterpolated($"Certificate {view.Id} ({view.Label}) lets in; SHA-256 {view.Fingerprint ?? ""}."), address, file, label);
    }

    private static Command CreateUnbind()
    {
        var address = VerbOptions.Address();
        var which = new Argument<string>("WHICH") { Description = "Its number or its label" };
        return Verb.Create<CredentialView>("unbind", "Let a client certificate in no more; the sessions it let in end",
            line => new ControlRequest("account.credentials.unbind", ("address", line.GetRequiredValue(address)), ("which", line.GetRequiredValue(which))),
            (console, view) => console.MarkupLineInterpolated($"Certificate {view.Id} ({view.Label}) lets nobody in any more."), address, which);
    }

    private static async Task<string> ReadAsync(string file, CancellationToken cancel)
    {
        const int Longest = 256 * 1024;
        try
        {
            if (new FileInfo(file).Length > Longest) throw new UsageException($"{file} is too long for a certificate.");
            return await File.ReadAllTextAsync(file, cancel);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{file} cannot be read: {e.Message}");
        }
    }
}
