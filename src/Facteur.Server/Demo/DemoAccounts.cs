namespace Facteur.Server.Demo;

/// <summary>An account of the demo; its password is printed, and lets in on this machine only.</summary>
internal sealed record DemoAccount(string Address, string Name, string Password);

internal static class DemoAccounts
{
    public const string Domain = "demo.test";

    public static DemoAccount Moi { get; } = new("moi@demo.test", "Moi Démo", "soleil-42-papier");
    public static DemoAccount Ami { get; } = new("ami@demo.test", "Ami Démo", "rivière-17-lune");
    public static IReadOnlyList<DemoAccount> All { get; } = [Moi, Ami];
}
