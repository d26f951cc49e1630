using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Facteur.Mail;

namespace Facteur.Delivery.Filtering.Bayes;

/// <summary>What the filter knows a message by: its words as keys, and an identity that stays when it is moved or copied.</summary>
/// <param name="Identity">Of Message-ID, Date, From and Subject: the same before delivery and in any mailbox.</param>
/// <param name="Keys">Distinct, at most <see cref="MaxKeys"/>. Hashes: nobody reads mail in the table of words.</param>
public sealed record BayesTokens(string Identity, IReadOnlyList<string> Keys)
{
    /// <summary>One less than a look-up takes (StateStore.GetManyAsync): the counts of messages come along.</summary>
    public const int MaxKeys = 999;

    // Text looked at: the first words tell, and spam hides behind pages of others' prose.
    private const int MaxTextOctets = 64 * 1024;
    private const int MaxHeaderOctets = 64 * 1024;
    private const int MaxParts = 50;

    /// <summary>Reads the words of a message.</summary>
    /// <param name="root">Its part tree; offsets count from the start of <paramref name="message"/>.</param>
    public static async ValueTask<BayesTokens> ReadAsync(IMessageSource message, MessagePart root, CancellationToken cancel)
    {
        var header = new byte[(int)Math.Min(root.HeaderLength, MaxHeaderOctets)];
        var length = 0;
        while (length < header.Length && await message.ReadAsync(length, header.AsMemory(length), cancel) is var count and > 0) length += count;
        var tokens = new TokenSet();
        var identity = ReadHeader(header.AsSpan(0, length), tokens);
        ReadStructure(root, tokens);
        var text = new ArrayBufferWriter<byte>(4096);
        await LinkHosts.ReadAsync(message, root, tokens, MaxTextOctets, cancel);
        await FoldedText.WriteBodyAsync(message, root, text, MaxTextOctets, cancel);
        Words.Split(Encoding.UTF8.GetString(text.WrittenSpan), "", tokens);
        return new BayesTokens(identity, tokens.Keys);
    }

    // Only what the author wrote: fields of hosts on the way, ours among them, differ between delivery and training.
    private static string ReadHeader(ReadOnlySpan<byte> header, TokenSet tokens)
    {
        using var identity = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var field in new HeaderFields(header))
        {
            if (field.Is("From"u8)) Authors(field.Value, "from", tokens);
            else if (field.Is("Reply-To"u8)) Authors(field.Value, "reply", tokens);
            else if (field.Is("Subject"u8)) Words.Split(FoldedText.Fold(EncodedWords.Decode(field.Value)), "subject:", tokens);
            else if (field.Is("List-Id"u8)) tokens.Add("list:" + FoldedText.Fold(EncodedWords.Decode(field.Value)));
            else if (field.Is("X-Mailer"u8) || field.Is("User-Agent"u8)) Words.Split(FoldedText.Fold(EncodedWords.Decode(field.Value)), "mailer:", tokens);
            if (field.Is("Message-ID"u8) || field.Is("Date"u8) || field.Is("From"u8) || field.Is("Subject"u8))
            {
                identity.AppendData(field.Name);
                identity.AppendData(HeaderFields.Unfold(field.Value));
                identity.AppendData("\n"u8);
            }
        }
        return Convert.ToHexStringLower(identity.GetHashAndReset().AsSpan(0, 16));
    }

    private static void Authors(ReadOnlySpan<byte> value, string kind, TokenSet tokens)
    {
        foreach (var item in AddressParser.ParseList(value, 5))
        {
            if (item.Kind != AddressItemKind.Mailbox) continue;
            if (item.Domain.Length > 0)
            {
                tokens.Add($"{kind}:{item.LocalPart.ToLowerInvariant()}@{item.Domain.ToLowerInvariant()}");
                tokens.Add($"{kind}:@{item.Domain.ToLowerInvariant()}");
            }
            if (item.DisplayName is { } name) Words.Split(FoldedText.Fold(name), kind + ":", tokens);
        }
    }

    private static void ReadStructure(MessagePart root, TokenSet tokens)
    {
        var open = new Stack<MessagePart>();
        open.Push(root);
        for (var seen = 0; seen < MaxParts && open.TryPop(out var part); seen++)
        {
            tokens.Add($"type:{part.Type}/{part.Subtype}");
            if (part.Charset is { Length: < 40 } charset) tokens.Add("charset:" + charset.ToLowerInvariant());
            if (part.FileName is { } file && file.LastIndexOf('.') is >= 0 and var dot && file.Length - dot < 12) tokens.Add("file:" + file[dot..].ToLowerInvariant());
            foreach (var child in part.Children) open.Push(child);
        }
    }
}

/// <summary>Distinct words, as keys.</summary>
internal sealed class TokenSet
{
    // 64 bits: among a hundred million words, two that share a key are an accident that changes nothing.
    private const int KeyOctets = 8;

    private readonly HashSet<string> seen = [];
    private readonly List<string> keys = [];

    public IReadOnlyList<string> Keys => keys;
    public bool IsFull => keys.Count >= BayesTokens.MaxKeys;

    public void Add(string token)
    {
        if (IsFull || token.Length > 200 || !seen.Add(token)) return;
        Span<byte> octets = stackalloc byte[800];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(octets[..Encoding.UTF8.GetBytes(token, octets)], hash);
        keys.Add(Convert.ToBase64String(hash[..KeyOctets]).TrimEnd('='));
    }
}
