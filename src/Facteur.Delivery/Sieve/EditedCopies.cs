using Facteur.Mail;
using Facteur.Storage;

namespace Facteur.Delivery.Sieve;

/// <summary>Takes messages that scripts changed into the store, where they wait for the commit of the message they were made of.</summary>
internal static class EditedCopies
{
    public static async ValueTask<EditedCopy> MakeAsync(MailStore store, ScriptSubject subject, IMessageSource edited, CancellationToken cancel)
    {
        // Return-Path stands at the top also of what a script enclosed (RFC 5321 §4.4).
        var returnPath = new byte[subject.ReturnPathOctets];
        await ReadAsync(subject.Message, returnPath, cancel);
        var start = new byte[Math.Min(returnPath.Length, edited.Length)];
        await ReadAsync(edited, start, cancel);
        var intake = store.BeginMessage(edited.Length + returnPath.Length);
        try
        {
            await foreach (var piece in edited.PiecesAsync(0, cancel)) await intake.WriteAsync(piece, cancel);
            await intake.CompleteAsync(start.AsSpan().SequenceEqual(returnPath) ? default : returnPath, cancel);
            return new EditedCopy(intake, returnPath.Length);
        }
        catch
        {
            await intake.DisposeAsync();
            throw;
        }
    }

    private static async ValueTask ReadAsync(IMessageSource source, byte[] into, CancellationToken cancel)
    {
        for (var at = 0; at < into.Length;)
        {
            var read = await source.ReadAsync(at, into.AsMemory(at), cancel);
            if (read == 0) return;
            at += read;
        }
    }
}
