namespace Facteur.Load;

/// <summary>Made-up words, each of its own, that stand in the subjects of a mailbox and nowhere else: what is searched for in it.</summary>
internal static class ProjectNames
{
    public const int Count = 250;

    private static readonly string[] starts = ["Bo", "Cal", "Dor", "Fen", "Gra", "Hes", "Jul", "Kor", "Mar", "Nor"];
    private static readonly string[] middles = ["bi", "da", "lo", "mu", "ve"];
    private static readonly string[] ends = ["dex", "lune", "nix", "rac", "tude"];

    public static string Of(int number) => starts[number % 10] + middles[number / 10 % 5] + ends[number / 50 % 5];
}
