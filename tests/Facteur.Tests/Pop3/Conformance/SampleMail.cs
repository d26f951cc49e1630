using System.Text;

namespace Facteur.Tests.Pop3.Conformance;

/// <summary>The messages that maildrops of the suite are filled with; every line ends in CRLF.</summary>
internal static class SampleMail
{
    private static readonly Dictionary<string, string> samples = new()
    {
        ["un"] = Text("Un", "Bonjour"),
        ["deux"] = Text("Deux", "Deuxième lettre, en 8 bits.", "Fin."),
        ["trois"] = Text("Trois", "Trois lignes", "en tout,", "et voilà."),
        ["dots"] = Text("Points", ".", "..", "...", ".a", "a.", "", ".", "fin"),
        ["dotend"] = Text("Point final", "avant", "."),
        ["empty"] = Text("Vide"),
        ["blank"] = Text("Lignes vides", "", "", "x", "", ""),
        ["spaces"] = Text("Espaces", "  devant", "derrière   ", "\tdedans\tdehors\t", " "),
        ["wide"] = Text("Large", new string('w', 998), "x"),
        ["long"] = Text("Longue", [.. Enumerable.Range(1, 300).Select(n => $"ligne {n}")]),
        ["big"] = Text("Grande", [.. Enumerable.Range(1, 4000).Select(n => (n % 9 == 0 ? "." : "") + new string((char)('a' + n % 26), 70))]),
        ["utf8"] = "From: ami@example.test\r\nSubject: Été à l'œuvre\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nÇa va ?\r\n",
        ["mime"] = "From: ami@example.test\r\nSubject: Parties\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\n\r\ntexte\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>.</p>\r\n.\r\n--b--\r\n",
    };

    public static string Of(string name) => samples.TryGetValue(name, out var text) ? text : throw new FormatException($"there is no sample \"{name}\"");

    public static byte[] Octets(string name) => Encoding.UTF8.GetBytes(Of(name));

    /// <summary>Its lines, without the empty one behind the last line end.</summary>
    public static string[] Lines(string name) => Of(name)[..^2].Split("\r\n");

    /// <summary>Its header, the empty line, and so many lines of the body.</summary>
    public static string[] Top(string name, int body)
    {
        var lines = Lines(name);
        return lines[..Math.Min(lines.Length, Array.IndexOf(lines, "") + 1 + body)];
    }

    private static string Text(string subject, params string[] body) =>
        $"From: ami@example.test\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        + string.Concat(body.Select(line => line + "\r\n"));
}
