using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Facteur.Jmap.Push;

/// <summary>
/// Says to push services who we are (RFC 8292), so that they can tell the operator when something is wrong, and clients can have their
/// subscription take messages of ours alone (§4).
/// </summary>
internal sealed class Vapid : IDisposable
{
    // At most 24 hours (RFC 8292 §2); a token is used for half of its time, whatever the clock of the other side.
    private static readonly TimeSpan lifetime = TimeSpan.FromHours(12);
    private const int MaxOrigins = 1000;

    private readonly ECDsa key;
    private readonly string contact;
    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<string, (string Field, DateTimeOffset Renew)> fields = new(StringComparer.Ordinal);

    /// <param name="secret">Random octets, kept: the key is made of them.</param>
    /// <param name="contact">"mailto:" or "https:" address of the operator (§2.1).</param>
    public Vapid(ReadOnlySpan<byte> secret, string contact, TimeProvider time)
    {
        (this.contact, this.time) = (contact, time);
        key = KeyOf(secret);
        PublicKey = Base64Url.EncodeToString(P256.Export(key.ExportParameters(includePrivateParameters: false)));
    }

    /// <summary>Uncompressed point in base64url: "applicationServerKey" of browsers.</summary>
    public string PublicKey { get; }

    /// <summary>Value of Authorization for a push resource (§3).</summary>
    public string AuthorizationFor(Uri resource)
    {
        var origin = resource.GetLeftPart(UriPartial.Authority);
        var now = time.GetUtcNow();
        if (fields.TryGetValue(origin, out var known) && now < known.Renew) return known.Field;
        var field = $"vapid t={Token(origin, now + lifetime)}, k={PublicKey}";
        if (fields.Count >= MaxOrigins) fields.Clear();
        fields[origin] = (field, now + (lifetime / 2));
        return field;
    }

    public void Dispose() => key.Dispose();

    private string Token(string origin, DateTimeOffset expires)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, JmapJson.Writing))
        {
            writer.WriteStartObject();
            writer.WriteString("aud"u8, origin);
            writer.WriteNumber("exp"u8, expires.ToUnixTimeSeconds());
            writer.WriteString("sub"u8, contact);
            writer.WriteEndObject();
        }
        var signed = $"{Base64Url.EncodeToString("""{"typ":"JWT","alg":"ES256"}"""u8)}.{Base64Url.EncodeToString(stream.ToArray())}";
        // RFC 7518 §3.4: r and s one behind the other.
        var signature = key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    // A private key of P-256 is a number below the order of the curve: of 2^32 secrets one is not, and then the next hash is.
    private static ECDsa KeyOf(ReadOnlySpan<byte> secret)
    {
        Span<byte> info = stackalloc byte[1];
        for (info[0] = 0; ; info[0]++)
        {
            var number = new byte[32];
            HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, number, "Facteur VAPID"u8, info);
            try
            {
                return ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = number });
            }
            catch (CryptographicException) when (info[0] < 10)
            {
                // Try the next.
            }
        }
    }
}
