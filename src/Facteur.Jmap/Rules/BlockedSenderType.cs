using System.Security.Cryptography;
using System.Text;
using Facteur.Delivery.Filtering;

namespace Facteur.Jmap;

/// <summary>Senders whose mail goes to Junk (docs/jmap.md).</summary>
internal sealed class BlockedSenderType : ListedType
{
    public static readonly BlockedSenderType Instance = new();

    private BlockedSenderType()
        : base("BlockedSender", JmapCapabilities.FacteurRules, "email")
    {
    }

    public override async ValueTask<IReadOnlyList<ListedObject>> ListAsync(JmapCall call, JmapAccount account, CancellationToken cancel) =>
        [.. (await Of(call).ListAsync(account.Id, cancel)).DistinctBy(IdOf).Select(entry => ListedObject.Of(IdOf(entry), writer => writer.WriteString("email"u8, entry)))];

    public static BlockedSenders Of(JmapCall call) => new(call.Services.Store.Settings);

    /// <summary>The same for the same entry, in whatever case it is written.</summary>
    public static string IdOf(string entry) => "b" + DigestOf(entry);

    internal static string DigestOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToLowerInvariant())).AsSpan(0, 10));
}
