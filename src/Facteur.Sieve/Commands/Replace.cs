using System.Buffers;
using System.Text;
using Facteur.Mail;
using Facteur.Sieve.Compiling;
using Facteur.Sieve.Messages;
using Facteur.Sieve.Running;
using Facteur.Sieve.Syntax;

namespace Facteur.Sieve.Commands;

/// <summary>replace: puts a text or a MIME entity in the place of the current part, or of the whole body.</summary>
// RFC 5703 §5.
internal sealed record Replace(bool IsMime, SieveString? Subject, SieveString? From, SieveString Text) : SieveCommand
{
    public static SieveCommand Parse(SieveArguments arguments)
    {
        var isMime = arguments.Flag("mime");
        var subject = arguments.TaggedString("subject");
        var from = arguments.TaggedString("from");
        if (isMime && (subject ?? from) is { } ignored) throw new SieveSyntaxException(ignored.At, ScriptText.MimeExcludes);
        if (from is { IsConstant: true } && !AddressValue.IsMailboxList(from.Source)) throw new SieveSyntaxException(from.At, ScriptText.FromTakesAnAddress);
        return new Replace(isMime, subject, from, arguments.String(ScriptText.Body));
    }

    public override async ValueTask<Flow> RunAsync(SieveRun run, CancellationToken cancel)
    {
        var text = Text.Expand(run);
        var loop = run.Frame.Loops.LastOrDefault();
        if (loop is not null) loop.IsReplaced = true;
        var part = run.Message.Part(run.Frame.Part);
        if (part is null) return Flow.Next;
        if (part != run.Message.Root)
        {
            await run.Message.ReplacePartAsync(part, IsMime ? OctetText.ToOctets(text) : TextEntity.Build(text), cancel);
            return Flow.Next;
        }
        if (Subject is not null) Rename(run, "Subject", "Original-Subject", Subject.Expand(run));
        if (From?.Expand(run) is { } from && AddressValue.IsMailboxList(from)) Rename(run, "From", "Original-From", from);
        var entity = IsMime ? OctetText.ToOctets(text) : TextEntity.Build(text);
        var (fields, body) = Split(entity);
        await run.Message.ReplaceBodyAsync([.. "MIME-Version: 1.0\r\n"u8, .. fields], body, cancel);
        return Flow.Next;
    }

    /// <summary>The old field stays under another name that no script removes.</summary>
    private static void Rename(SieveRun run, string name, string original, string value)
    {
        var old = run.Message.Header.Named(name).ToList();
        run.Message.RemoveFields(old);
        if (old.Count > 0) run.Message.AddField(original, old[0].Text, atEnd: true, isProtected: true);
        run.Message.AddField(name, value, atEnd: true);
    }

    /// <summary>The Content- fields of an entity, and its body. An entity without a header has one empty line or none before its text.</summary>
    private static (byte[] Fields, byte[] Body) Split(byte[] entity)
    {
        var lines = new HeaderLines(entity, true);
        var fields = new ArrayBufferWriter<byte>();
        foreach (var line in lines.Lines)
            if (line.Name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)) fields.Write(line.Raw.Span);
        if (fields.WrittenCount > 0 && fields.WrittenSpan[^1] != (byte)'\n') fields.Write("\r\n"u8);
        var rest = entity.AsSpan(lines.Octets);
        return (fields.WrittenSpan.ToArray(), (rest.StartsWith("\r\n"u8) ? rest[2..] : rest).ToArray());
    }
}
