using System.Net;

namespace Facteur.IntegrationTests.World;

/// <summary>
/// Programs of the machine that know only /etc/resolv.conf, run so that they ask the lab's resolver: each in a mount namespace of its own,
/// where that file is another. The machine's stays as it is.
/// </summary>
internal sealed class NamedPrograms
{
    private const string Script = "mount --bind \"$0\" /etc/resolv.conf && exec \"$@\"";
    private readonly string file;

    /// <param name="resolver">On port 53: the file knows no other.</param>
    public NamedPrograms(string folder, IPAddress resolver)
    {
        file = Path.Combine(folder, "resolv.conf");
        File.WriteAllText(file, $"nameserver {resolver}\noptions trust-ad timeout:5\n");
    }

    public const string Program = "unshare";

    /// <summary>Arguments for <see cref="Program"/>.</summary>
    public string[] Arguments(string program, params string[] arguments) => ["--mount", "sh", "-c", Script, file, program, .. arguments];

    public Task<ProgramResult> RunAsync(string? input, string program, params string[] arguments) => Programs.RunAsync(Program, Arguments(program, arguments), input);

    /// <summary>Skips the tests where namespaces are not to be had.</summary>
    public async Task RequireAsync()
    {
        var tried = await RunAsync(null, "true");
        if (tried.ExitCode != 0) Assert.Skip($"no mount namespaces here: {tried.Error.Trim()}");
    }
}
