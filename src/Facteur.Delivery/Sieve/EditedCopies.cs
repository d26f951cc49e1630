using System.Buffers;
using Facteur.Mail;
using Facteur.Storage;

namespace Facteur.Delivery.Sieve;

/// <summary>Takes messages that scripts changed into the store, where they wait for the commit of the message they were made of.</summary>
internal static class EditedCopies
{
    private const int Step = 64 * 1024;

    public static async ValueTask<EditedCopy> MakeAsync(MailStore store, ScriptSubject subject, IMessageSource edited, CancellationToken cancel)
    {
        // Return-Path stands at the top also of what a script enclosed (RFC 5321 §4.4).
        var returnPath = new byte[subject.ReturnPathOctets];
        await ReadAsync(subject.Message, returnPath, cancel);
        var start = new byte[Math.Min(returnPath.Length, edited.Length)];
        await ReadAsync(edited, start, cancel);
        var intake = store.BeginMessage(edited.Length + returnPath.Length);
        var piece = ArrayPool<byte>.Shared.Rent(Step);
        try
        {
            int read;
            for (var at = 0L; (read = await edited.ReadAsync(at, piece.AsMemory(0, Step), cancel)) > 0; at += read) await intake.WriteAsync(piece.AsMemory(0, read), cancel);
            await intake.CompleteAsync(start.AsSpan().SequenceEqual(returnPath) ? default : returnPath, cancel);
            return new EditedCopy(intake, returnPath.Length);
        }
        catch
        {
            await intake.DisposeAsync();
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
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
