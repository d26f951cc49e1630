using System.Text;
using Facteur.Mail;

namespace Facteur.Storage.Embedded.Writing;

/// <summary>
/// Finds the conversation a message belongs to: the one of a message id that it, or a message before it, names. A thread never changes
/// once given (RFC 8621 §3: threadId is immutable).
/// </summary>
internal static class Threads
{
    // A long list of References says nothing that its ends do not.
    private const int MaxReferences = 12;

    public static ThreadId Find(WriteSession session, AccountId account, MessageFacts facts, EmailId email)
    {
        Span<long> hashes = stackalloc long[MaxReferences + 1];
        var count = 0;
        if (facts.MessageId is { } own) hashes[count++] = Hash(own);
        var references = facts.References;
        for (var i = 0; i < Math.Min(references.Count, MaxReferences); i++)
            hashes[count++] = Hash(references[i == 0 ? 0 : references.Count - Math.Min(references.Count, MaxReferences) + i]);
        hashes = hashes[..count];
        var thread = new ThreadId(email.Value);
        foreach (var hash in hashes)
        {
            var row = session.Database.Get("SELECT thread FROM thread_id WHERE account = ?1 AND hash = ?2").Bind(1, account.Value).Bind(2, hash);
            if (!row.Step()) continue;
            thread = new ThreadId(row.Int64(0));
            row.Reset();
            break;
        }
        foreach (var hash in hashes)
            session.Database.Get("INSERT OR IGNORE INTO thread_id (account, hash, thread) VALUES (?1, ?2, ?3)")
                .Bind(1, account.Value).Bind(2, hash).Bind(3, thread.Value).Run();
        return thread;
    }

    // FNV-1a with a last mix: two ids of one hash would only share a thread.
    private static long Hash(string id)
    {
        var hash = 14695981039346656037UL;
        Span<byte> octets = stackalloc byte[256];
        Encoding.UTF8.TryGetBytes(id.AsSpan(0, Math.Min(id.Length, 80)), octets, out var length);
        foreach (var octet in octets[..length]) hash = (hash ^ octet) * 1099511628211UL;
        foreach (var character in id.AsSpan(Math.Min(id.Length, 80))) hash = (hash ^ character) * 1099511628211UL;
        hash ^= hash >> 32;
        return (long)(hash * 0x9E3779B97F4A7C15UL);
    }
}
