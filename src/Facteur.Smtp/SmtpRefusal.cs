namespace Facteur.Smtp;

/// <summary>A no, with its reason as the client reads it: reply code, enhanced code (RFC 3463), one sentence.</summary>
/// <remarks>A refusal cannot say yes: codes below 400 do not make one. Acceptance of a message takes a <see cref="MessageVerdict"/>.</remarks>
public sealed record SmtpRefusal
{
    /// <param name="code">Reply code, 400 to 599; 4xx lets the client try again.</param>
    /// <param name="enhancedCode">"class.subject.detail", of the same class as the code (RFC 2034 §4).</param>
    /// <param name="text">What the client may know and can do; no path, no name of an inner part. With CRLF in it the reply has several lines (RFC 5321 §4.2.1).</param>
    public SmtpRefusal(int code, string enhancedCode, string text)
    {
        if (code is < 400 or > 599 || enhancedCode.Length == 0 || enhancedCode[0] - '0' != code / 100)
            throw new ArgumentOutOfRangeException(nameof(code), $"{code} {enhancedCode} is no refusal");
        Code = code;
        EnhancedCode = enhancedCode;
        Text = text;
    }

    public int Code { get; }
    public string EnhancedCode { get; }
    public string Text { get; }

    /// <summary>The client may try again.</summary>
    public bool IsTemporary => Code < 500;

    public override string ToString() => $"{Code} {EnhancedCode} {Text}";
}
