using System.Text;

namespace Facteur.Sieve.Rules;

/// <summary>A script while it is written: its lines, and what they require.</summary>
internal sealed class SieveText
{
    private readonly StringBuilder lines = new();
    private readonly SortedSet<string> required = new(StringComparer.Ordinal);
    private bool needsDollar;

    public void Require(params ReadOnlySpan<string> extensions)
    {
        foreach (var extension in extensions) required.Add(extension);
    }

    public void Line(int depth, string text)
    {
        if (text.Length > 0) lines.Append(' ', depth * 4).Append(text);
        lines.Append("\r\n");
    }

    /// <summary>A quoted string (RFC 5228 §2.4.2) in which nothing stands for a variable (RFC 5229 §3).</summary>
    public string Quote(string text)
    {
        if (text.Contains("${", StringComparison.Ordinal))
        {
            needsDollar = true;
            Require("variables");
            text = text.Replace("${", "${dollar}{", StringComparison.Ordinal);
        }
        return $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal)}\"";
    }

    public string Quote(IReadOnlyList<string> texts) => texts.Count == 1 ? Quote(texts[0]) : $"[{string.Join(", ", texts.Select(Quote))}]";

    /// <summary>What goes into the mailbox of a special use, which is made when there is none (RFC 8579 §4.1).</summary>
    public string Use(string name)
    {
        Require("fileinto", "special-use", "mailbox");
        return $"fileinto :create :specialuse \"\\\\{name}\" \"{name}\";";
    }

    /// <summary>The whole script; "" for one without any command.</summary>
    public override string ToString()
    {
        if (lines.Length == 0) return "";
        var script = new StringBuilder();
        if (required.Count > 0) script.Append("require [").AppendJoin(", ", required.Select(name => $"\"{name}\"")).Append("];\r\n\r\n");
        if (needsDollar) script.Append("set \"dollar\" \"$\";\r\n");
        return script.Append(lines).ToString();
    }
}
