using System.Text;
using Facteur.Delivery;

namespace Facteur.Tests.Delivery.Queue;

/// <summary>The field TLS-Required (RFC 8689 §3), cut anywhere.</summary>
public sealed class TlsRequiredTests
{
    [Theory]
    [InlineData("TLS-Required: No\r\n", true)]
    [InlineData("tls-required:no\r\n", true)]
    [InlineData("TLS-Required:\r\n no \r\n", true)]
    [InlineData("TLS-Required: Yes\r\n", false)]
    [InlineData("TLS-Required: No\r\nTLS-Required: No\r\n", false)]
    [InlineData("TLS-Required: No                                        x\r\n", false)]
    [InlineData("TLS-Required:\r\n", false)]
    [InlineData("X-TLS-Required: No\r\n", false)]
    public void Only_one_field_that_says_no_counts(string field, bool expected)
    {
        var octets = Encoding.ASCII.GetBytes("From: a@b.test\r\n" + field + "Subject: x\r\n\r\nTLS-Required: No\r\n");
        for (var cut = 0; cut <= octets.Length; cut++)
        {
            var scanner = new HeaderScanner();
            scanner.Scan(octets.AsSpan(0, cut));
            scanner.Scan(octets.AsSpan(cut));
            Assert.Equal(expected, scanner.TlsNotRequired);
        }
    }
}
