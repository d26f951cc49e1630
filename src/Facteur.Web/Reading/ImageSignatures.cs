using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Facteur.Accounts.Sessions;
using Facteur.Delivery.Recipients;
using Facteur.Jmap;

namespace Facteur.Web.Reading;

/// <summary>
/// Addresses of <see cref="ImageProxy"/>. They are made when somebody asked for the images of a message, hold for the login that asked and for a day or two,
/// and cannot be written by who wrote the message: without that, an image of the proxy in a message would be one that nobody consented to.
/// </summary>
internal sealed class ImageSignatures(SiteSecrets secrets, TimeProvider time)
{
    /// <summary>Longest address that is fetched, in characters; escaped it has to fit into a request line.</summary>
    public const int MaxAddress = 2_000;

    private const string KeyName = "mail-image";
    private const int TagOctets = 16;

    // Whole periods, so that the address of an image stays the same for a while and browsers find it in their cache.
    private static readonly TimeSpan period = TimeSpan.FromDays(1);

    public ValueTask<byte[]> KeyAsync(CancellationToken cancel) => secrets.GetAsync(KeyName, cancel);

    /// <summary>The path under which a login gets an image; null for what is no address of the web.</summary>
    public string? PathOf(byte[] key, JmapUser user, string address)
    {
        if (Clean(address) is not { } uri) return null;
        var ends = time.GetUtcNow().ToUnixTimeSeconds() / (long)period.TotalSeconds + 2;
        return $"{ImageProxy.Path}?u={Uri.EscapeDataString(uri.AbsoluteUri)}&e={ends}&s={TagOf(key, user, uri.AbsoluteUri, ends)}";
    }

    /// <summary>What a path leads to, when it was made for this login and is not over.</summary>
    public Uri? Read(byte[] key, JmapUser user, string? address, string? ends, string? tag)
    {
        if (address is null || tag is null || !long.TryParse(ends, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var last)) return null;
        if (last > int.MaxValue || last * (long)period.TotalSeconds <= time.GetUtcNow().ToUnixTimeSeconds()) return null;
        return OpaqueToken.Same(tag, TagOf(key, user, address, last)) ? Clean(address) : null;
    }

    private static Uri? Clean(string address) =>
        address.Length <= MaxAddress && Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && uri.UserInfo.Length == 0 && uri.AbsoluteUri.Length <= MaxAddress ? uri : null;

    private static string TagOf(byte[] key, JmapUser user, string address, long ends)
    {
        var text = Encoding.UTF8.GetBytes(address);
        var signed = new byte[16 + SHA256.HashSizeInBytes + text.Length];
        BinaryPrimitives.WriteInt64BigEndian(signed, user.Person.Value);
        BinaryPrimitives.WriteInt64BigEndian(signed.AsSpan(8), ends);
        SHA256.HashData(Encoding.UTF8.GetBytes(user.Login), signed.AsSpan(16));
        text.CopyTo(signed, 16 + SHA256.HashSizeInBytes);
        return Base64Url.EncodeToString(HMACSHA256.HashData(key, signed).AsSpan(0, TagOctets));
    }
}
