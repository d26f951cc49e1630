using System.Buffers;
using System.Text;
using Facteur.Mail;
using Facteur.Sieve.Compiling;
using Facteur.Sieve.Messages;
using Facteur.Sieve.Running;
using Facteur.Sieve.Syntax;

namespace Facteur.Sieve.Commands;

/// <summary>enclose: makes the message an attachment of a new one that says why. The message itself stays octet for octet.</summary>
// RFC 5703 §6.
internal sealed record Enclose(SieveString? Subject, IReadOnlyList<SieveString> Copied, SieveString Text) : SieveCommand
{
    public static SieveCommand Parse(SieveArguments arguments)
    {
        var subject = arguments.TaggedString("subject");
        var copied = arguments.TaggedStrings("headers") ?? [];
        return new Enclose(subject, copied, arguments.String(ScriptText.Body));
    }

    public override async ValueTask<Flow> RunAsync(SieveRun run, CancellationToken cancel)
    {
        var boundary = "=_" + Guid.NewGuid().ToString("N");
        var output = new ArrayBufferWriter<byte>();
        WriteFields(run, output);
        output.Write(Encoding.ASCII.GetBytes($"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\r\n--{boundary}\r\n"));
        output.Write(TextEntity.Build(Text.Expand(run)));
        output.Write(Encoding.ASCII.GetBytes($"\r\n--{boundary}\r\nContent-Type: message/rfc822\r\n\r\n"));
        await run.Message.EncloseAsync(output.WrittenSpan.ToArray(), Encoding.ASCII.GetBytes($"\r\n--{boundary}--\r\n"), cancel);
        // What the loops were going through lies deeper now.
        for (var frame = run.Frame; frame is not null; frame = frame.Parent)
            foreach (var loop in frame.Loops) loop.IsOver = true;
        return Flow.Next;
    }

    /// <summary>Fields asked for, else made: Date of now, From of the owner, Subject of the message.</summary>
    private void WriteFields(SieveRun run, ArrayBufferWriter<byte> output)
    {
        var header = run.Message.Header;
        var written = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in header.Named("Received")) output.Write(line.Raw.Span);
        foreach (var name in run.Expand(Copied))
        {
            if (!written.Add(name) || name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) || name.Equals("MIME-Version", StringComparison.OrdinalIgnoreCase)) continue;
            foreach (var line in header.Named(name).Where(_ => !name.Equals("Received", StringComparison.OrdinalIgnoreCase))) Write(line, output);
        }
        var writer = new HeaderWriter(output);
        if (!written.Contains("Date")) writer.Write("Date", MailDate.Format(run.Context.Now));
        if (!written.Contains("From")) WriteFrom(run, writer, output);
        if (Subject is not null) writer.Text("Subject", OctetText.ToText(Subject.Expand(run)));
        else if (!written.Contains("Subject"))
            foreach (var line in header.Named("Subject").Take(1)) Write(line, output);
    }

    /// <summary>The owner where it is known; a message without From would be none (RFC 5322 §3.6).</summary>
    private static void WriteFrom(SieveRun run, HeaderWriter writer, ArrayBufferWriter<byte> output)
    {
        if (run.Context.EnvelopeTo is { } owner && AddressValue.TryRead(owner, out var from)) writer.Write("From", from.ToString());
        else foreach (var line in run.Message.Header.Named("From").Take(1)) Write(line, output);
    }

    private static void Write(HeaderLine line, ArrayBufferWriter<byte> output)
    {
        output.Write(line.Raw.Span);
        if (!line.Raw.Span.EndsWith("\n"u8)) output.Write("\r\n"u8);
    }
}
