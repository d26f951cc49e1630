using System.Buffers;
using Facteur.Mail;
using Facteur.Smtp;

namespace Facteur.Delivery.Filtering.Content;

/// <summary>Looks for files that run when opened: by name, by type, by first octets, and by the names inside archives, which are never unpacked (S-13).</summary>
internal static class AttachmentChecks
{
    // Parts whose first octets are looked at; a message with more has one of these among the first.
    private const int MaxOpened = 50;

    // Enough for the first octets of any executable, after base64.
    private const int HeadOctets = 128;

    public static async ValueTask JudgeAsync(FilterInput input, IReadOnlyList<MessagePart> parts, AttachmentSettings settings, FilterScore score, CancellationToken cancel)
    {
        if (settings.Executables == AttachmentRule.Off) return;
        var opened = 0;
        foreach (var part in parts)
        {
            if (part.Children.Count > 0 || part.BodyLength == 0) continue;
            if (NameOf(part, settings) is { } name)
            {
                Found(name, settings, score);
                return;
            }
            if (part.Type is "text" or "image" or "message" or "audio" or "video" || opened++ >= MaxOpened) continue;
            var head = await HeadAsync(input, part, cancel);
            if (IsProgram(head))
            {
                Found(part.FileName ?? $"{part.Type}/{part.Subtype}", settings, score);
                return;
            }
            if (!head.AsSpan().StartsWith("PK\u0003\u0004"u8)) continue;
            var archive = await ZipNames.ScanAsync(input.Source, part, settings, cancel);
            if (archive.Executable is { } inside)
            {
                Found($"{part.FileName ?? "archive"}: {inside}", settings, score);
                return;
            }
            if (archive.IsEncrypted && settings.EncryptedArchive != 0)
                score.Add("file.encrypted", settings.EncryptedArchive, "an archive is encrypted, so that nothing can look into it", "une archive est chiffrée : rien ne peut l'examiner");
        }
    }

    private static string? NameOf(MessagePart part, AttachmentSettings settings)
    {
        if (part.FileName is { } file && settings.IsExecutable(file)) return file;
        return part is { Type: "application", Subtype: "x-msdownload" or "x-msdos-program" or "x-dosexec" or "x-ms-shortcut" or "x-msi" or "hta" or "java-archive" or "x-executable" or "vnd.microsoft.portable-executable" }
            ? part.FileName ?? $"{part.Type}/{part.Subtype}"
            : null;
    }

    private static async ValueTask<byte[]> HeadAsync(FilterInput input, MessagePart part, CancellationToken cancel)
    {
        var encoded = new byte[(int)Math.Min(HeadOctets, part.BodyLength)];
        var length = 0;
        while (length < encoded.Length && await input.Source.ReadAsync(part.BodyOffset + length, encoded.AsMemory(length), cancel) is var count and > 0) length += count;
        var decoded = new ArrayBufferWriter<byte>(HeadOctets);
        var decoder = ContentDecoder.Create(part.Encoding);
        decoder.Decode(encoded.AsSpan(0, length), decoded);
        decoder.Complete(decoded);
        return decoded.WrittenSpan.ToArray();
    }

    // PE and ELF. "MZ" alone starts some texts: the rest of a DOS header is no text.
    private static bool IsProgram(ReadOnlySpan<byte> head) =>
        head.StartsWith("\u007fELF"u8) || (head.StartsWith("MZ"u8) && head.Length > 4 && head[..Math.Min(head.Length, 64)].Contains((byte)0));

    private static void Found(string name, AttachmentSettings settings, FilterScore score)
    {
        var shown = name.Length <= 120 ? name : name[..120];
        var points = settings.Executables == AttachmentRule.Score ? settings.Score : 5;
        score.Add("file.executable", points, $"the attachment {shown} is a program", $"la pièce jointe {shown} est un programme");
        if (settings.Executables == AttachmentRule.Junk) score.ForceJunk();
        else if (settings.Executables == AttachmentRule.Reject)
            score.Reject(new SmtpRefusal(550, "5.7.1", "programs are not taken as attachments here; send a link instead"));
    }
}
