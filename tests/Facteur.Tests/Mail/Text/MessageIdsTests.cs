using System.Text;
using Facteur.Mail;

namespace Facteur.Tests.Mail.Text;

public class MessageIdsTests
{
    [Theory]
    [InlineData("<a@b>", "<a@b>")]
    [InlineData(" <a@b>\r\n <c@d>\t<e@f>", "<a@b> <c@d> <e@f>")]
    [InlineData("<a@b><c@d>", "<a@b> <c@d>")]
    [InlineData("Your message of \"Mon, 1 Jan\" <a@b>", "<a@b>")]
    [InlineData("<very-long\r\n -id@host>", "<very-long-id@host>")]
    [InlineData("<cut <a@b>", "<a@b>")]
    [InlineData("a@b", "<a@b>")]
    [InlineData("just words", "")]
    [InlineData("John <>", "")]
    [InlineData("", "")]
    public void Identifiers_are(string field, string expected) =>
        Assert.Equal(expected, string.Join(' ', MessageIds.Parse(Encoding.ASCII.GetBytes(field))));
}
