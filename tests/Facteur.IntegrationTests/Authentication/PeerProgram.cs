namespace Facteur.IntegrationTests.Authentication;

/// <summary>Debian's Python with Debian's modules; another Python on the path knows nothing of them.</summary>
internal static class PeerProgram
{
    public const string Python = "/usr/bin/python3";

    /// <summary>Skips the test where the peer is not installed.</summary>
    public static async Task RequireAsync(string probe, string package)
    {
        if (!File.Exists(Python) || (await Programs.RunAsync(Python, ["-c", probe])).ExitCode != 0) Assert.Skip($"{package} is not installed");
    }
}
