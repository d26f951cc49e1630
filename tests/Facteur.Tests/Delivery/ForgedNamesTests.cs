using System.Text;
using Facteur.Delivery.Authentication;

namespace Facteur.Tests.Delivery;

/// <summary>Which results can be taken for ours.</summary>
[Trait("Promise", "S-20")]
public sealed class ForgedNamesTests
{
    [Theory]
    [InlineData(" mx.demo.test; spf=pass", true)]
    [InlineData(" MX.Demo.Test 1; spf=pass", true)]
    [InlineData("\r\n (comment) \"mx.\\demo.test\"; spf=pass", true)]
    [InlineData(" mx.demo.\r\n test; spf=pass", true)]
    [InlineData(" mx.other.test mx.demo.test; spf=pass", true)]
    [InlineData(" other.example 2; spf=pass", false)]
    [InlineData(" other.example; spf=pass reason=mx.demo.test", false)]
    [InlineData(" spf=none (sender IP is ) smtp.mailfrom=a@b.example;", false)]
    [InlineData(" other.example; spf=pass", false)]
    public void Our_name_is_found_however_it_is_written(string body, bool isForged) =>
        Assert.Equal(isForged, ForgedFieldFilter.IsForged(Encoding.ASCII.GetBytes(body), "mx.demo.test"));
}
