using System.Buffers;
using System.Text;
using Facteur.Delivery.Receiving;

namespace Facteur.Tests.Delivery;

/// <summary>What passes the gate, cut at every octet. S-20: results in our name and our verdict never come from outside.</summary>
[Trait("promise", "S-20")]
public sealed class HeaderGateTests
{
    private static bool Ours(ReadOnlyMemory<byte> body) => Encoding.ASCII.GetString(body.Span).TrimStart().StartsWith("mx.ours", StringComparison.OrdinalIgnoreCase);

    [Theory]
    [InlineData("Subject: a\r\n\r\nbody\r\n", "Subject: a\r\n\r\nbody\r\n", 0)]
    [InlineData("Authentication-Results: mx.ours; spf=pass\r\nSubject: a\r\n\r\nb", "Subject: a\r\n\r\nb", 1)]
    [InlineData("Authentication-Results: other; spf=pass\r\n\tx=y\r\nSubject: a\r\n\r\nb", "Authentication-Results: other; spf=pass\r\n\tx=y\r\nSubject: a\r\n\r\nb", 0)]
    [InlineData("A: b\r\nauthentication-RESULTS :\r\n mx.ours;\r\n\tspf=pass\r\nC: d\r\n\r\n", "A: b\r\nC: d\r\n\r\n", 1)]
    [InlineData("X-Facteur-Spam: no\r\nX-Facteur-Spammer: c\r\n\r\n", "X-Facteur-Spammer: c\r\n\r\n", 1)]
    [InlineData("X-Facteur-Spam: no\r\nX-Facteur-Spam: no\r\nAuthentication-Results: mx.ours\r\n\r\n", "\r\n", 3)]
    [InlineData("Authentication-Results-Original: mx.ours\r\n\r\n", "Authentication-Results-Original: mx.ours\r\n\r\n", 0)]
    [InlineData("A: b\r\n\r\nAuthentication-Results: mx.ours\r\n", "A: b\r\n\r\nAuthentication-Results: mx.ours\r\n", 0)]
    [InlineData("A: b\r\nAuthentication-Results: mx.ours", "A: b\r\n", 1)]
    [InlineData("Authentication-Resul", "Authentication-Resul", 0)]
    [InlineData("\r\nbody", "\r\nbody", 0)]
    [InlineData("no field at all\r\nmore\r\n", "no field at all\r\nmore\r\n", 0)]
    public void Forged_fields_stay_outside(string message, string passed, int removed)
    {
        var octets = Encoding.ASCII.GetBytes(message);
        for (var cut = 0; cut <= octets.Length; cut++)
        {
            var gate = new HeaderGate(Ours);
            var output = new ArrayBufferWriter<byte>();
            gate.Write(octets.AsSpan(0, cut), output);
            gate.Write(octets.AsSpan(cut), output);
            gate.Complete(output);
            Assert.Equal(passed, Encoding.ASCII.GetString(output.WrittenSpan));
            Assert.Equal(removed, gate.Removed);
        }
    }

    [Fact]
    public void A_held_field_costs_bounded_memory()
    {
        var gate = new HeaderGate(Ours);
        var output = new ArrayBufferWriter<byte>();
        gate.Write("Authentication-Results: other;"u8, output);
        for (var i = 0; i < 3_000; i++) gate.Write("\r\n aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"u8, output);
        gate.Write("\r\nSubject: a\r\n\r\n"u8, output);
        Assert.Equal("Subject: a\r\n\r\n", Encoding.ASCII.GetString(output.WrittenSpan));
        Assert.Equal(1, gate.Removed);
    }
}
