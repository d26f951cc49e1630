using System.Collections.Frozen;
using System.Text;

namespace Facteur.Accounts;

/// <summary>
/// Passwords that whoever guesses tries first: common words (also written with digits for letters, in two, or with digits and signs around
/// them), walks over a keyboard, one piece repeated, and the parts of the address itself.
/// </summary>
internal static class CommonPasswords
{
    /// <summary>Longer ones are beyond what such lists hold.</summary>
    private const int MaxLength = 24;

    private const int MinWalk = 4;

    // What stands in the published lists of leaked passwords again and again, in English and French, without endings of digits and signs.
    private static readonly FrozenSet<string> Words = """
        password passwort passw0rd motdepasse secret admin administrator administrateur root user utilisateur guest invite test testing tester demo
        default changeme change letmein welcome bienvenue login master superman batman spiderman starwars pokemon pikachu naruto minecraft fortnite
        roblox dragon monkey football baseball basketball hockey soccer tennis rugby golf iloveyou jetaime jtaime loveyou lovely love amour doudou
        chouchou loulou chocolat chocolate princess princesse prince sunshine soleil shadow ombre angel ange diamond diamant flower fleur butterfly
        papillon summer winter spring autumn printemps hiver automne computer ordinateur internet windows microsoft google facebook apple samsung
        iphone android linkedin twitter instagram youtube amazon netflix whatever trustno nothing hello bonjour salut coucou hunter killer freedom
        liberte france paris marseille lyon bordeaux toulouse london berlin america canada quebec bretagne corse michael jennifer jessica jordan
        michelle daniel thomas nicolas sebastien julien alexandre alexander charlie andrew matthew joshua robert william richard anthony martin
        olivier camille marine pauline manon caroline isabelle nathalie stephane vincent antoine maxime romain florian guillaume benjamin matrix
        phoenix tigger ginger pepper buster bailey maggie snoopy mickey minou minette medor felix cheese fromage banana orange cookie biscuit coffee
        cafe summertime money argent dollar business company entreprise societe bureau office server serveur network reseau mail email courriel
        messagerie courrier facteur poste azerty qwerty qwertz dvorak abcdef abcdefg abcdefgh abc xyz aaa zzz asshole fuckyou fuckme merde putain
        connard salope pussy sexy porno lakers yankees ferrari porsche mercedes peugeot renault citroen harley mustang corvette maverick cowboy
        ranger steelers eagles arsenal chelsea liverpool barcelona realmadrid juventus psg om ol
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);

    // Rows and columns of French, English and German keyboards, and what is counted and spelled.
    private static readonly string[] Walks =
    [
        "azertyuiop", "qsdfghjklm", "wxcvbn", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "abcdefghijklmnopqrstuvwxyz", "12345678901234567890",
        "aqw", "zsx", "edc", "rfv", "tgb", "yhn", "ujm", "1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "8ik", "9ol", "147258369", "159753", "789456123",
        "1a2b3c4d5e6f7g8h9i", "a1b2c3d4e5f6g7h8i9", "1q2w3e4r5t6y7u8i9o0p", "1a2z3e4r5t6y7u8i9o0p", "112233445566778899",
    ];

    public static bool Contains(string password, EmailAddress address)
    {
        if (password.Length > MaxLength) return false;
        var folded = password.ToLowerInvariant();
        if (IsRepetition(folded)) return true;
        var core = folded.Trim(Decoration);
        // Digits around a word are no letters of it, and may be: "p4ssw0rd2026", "5oleil".
        foreach (var text in (string[])[core, folded, WithoutLeet(core), WithoutLeet(folded).Trim(Decoration)])
            if (text.Length == 0 || IsCommon(text) || IsAddress(text, address)) return true;
        return IsWalks(folded);
    }

    /// <summary>Digits and signs around a word, such as "!Password2026".</summary>
    private static readonly char[] Decoration = [.. "0123456789!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ €£§°"];

    private static bool IsCommon(string text)
    {
        if (Words.Contains(text)) return true;
        // Two of them are no better: "bonjoursoleil", "admin-admin".
        for (var i = 2; i <= text.Length - 2; i++)
            if (Words.Contains(text[..i].Trim(Decoration)) && Words.Contains(text[i..].Trim(Decoration))) return true;
        return false;
    }

    private static bool IsAddress(string core, EmailAddress address) =>
        core == address.LocalPart || core == address.Domain || core == address.Domain.Split('.')[0];

    /// <summary>One character or piece again and again: "aaaaaaaa", "abcabcabc".</summary>
    private static bool IsRepetition(string text)
    {
        for (var piece = 1; piece <= text.Length / 2; piece++)
            if (text.Length % piece == 0 && text.AsSpan(piece).SequenceEqual(text.AsSpan(0, text.Length - piece))) return true;
        return false;
    }

    /// <summary>Made of walks, forward or back, with at most two other characters: "azerty123456", "wxcvbn!".</summary>
    private static bool IsWalks(string text)
    {
        var (at, strange) = (0, 0);
        while (at < text.Length)
        {
            var length = LongestWalk(text, at);
            if (length >= MinWalk || (length == 3 && at + 3 == text.Length)) at += length;
            else
            {
                at++;
                strange++;
            }
        }
        return strange <= 2;
    }

    private static int LongestWalk(string text, int start)
    {
        var longest = 0;
        foreach (var walk in Walks)
        {
            for (var i = walk.IndexOf(text[start], StringComparison.Ordinal); i >= 0; i = walk.IndexOf(text[start], i + 1))
                longest = Math.Max(longest, Math.Max(Along(walk, i, 1), Along(walk, i, -1)));
        }
        return longest;

        int Along(string walk, int i, int step)
        {
            var length = 0;
            for (; start + length < text.Length && i >= 0 && i < walk.Length && walk[i] == text[start + length]; i += step) length++;
            return length;
        }
    }

    private static string WithoutLeet(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var c in text)
            plain.Append(c switch { '0' => 'o', '1' => 'i', '3' => 'e', '4' or '@' => 'a', '5' or '$' => 's', '7' => 't', _ => c });
        return plain.ToString();
    }
}
