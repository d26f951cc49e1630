using System.Text;
using Facteur.Sieve;
using Facteur.Smtp;

namespace Facteur.Delivery.Sieve;

/// <summary>Refusals by scripts as answers of SMTP and LMTP.</summary>
internal static class ScriptRefusals
{
    private const int MaxLines = 30;
    private const int MaxLine = 450;

    /// <summary>RFC 5429 §2.2: words beyond ASCII reach the sender in a message; §2.1: "ereject" prefers the answer to the exact words.</summary>
    public static bool CanAnswer(RejectAction reject) => reject.IsEreject || Ascii.IsValid(reject.Reason);

    /// <summary>The answer, a line for each of the reason's (RFC 5429 §2.5).</summary>
    public static SmtpRefusal Answer(RejectAction reject)
    {
        var lines = new List<string>();
        foreach (var line in reject.Reason.ReplaceLineEndings("\n").Trim().Split('\n'))
            for (var at = 0; (at == 0 || at < line.Length) && lines.Count < MaxLines; at += MaxLine) lines.Add(line.Substring(at, Math.Min(MaxLine, line.Length - at)));
        var text = string.Join("\r\n", lines);
        return new SmtpRefusal(550, "5.7.1", text.Length > 0 ? text : "the recipient does not take this message");
    }
}
