using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Facteur.Accounts.Contacts;
using Facteur.Accounts.Contacts.VCards;
using Facteur.Storage.Contacts;

namespace Facteur.Tests.Accounts.Contacts;

/// <summary>A card that goes out as a vCard 4.0 comes in as it was, whatever it says (RFC 9555).</summary>
public sealed class CardRoundTripTests
{
    [Theory]
    [InlineData("""{"uid":"u","name":{"components":[{"kind":"given","value":"Élodie"},{"kind":"surname","value":"Martin"}],"full":"Élodie Martin"},"emails":{"e1":{"address":"a@far.test","contexts":{"work":true},"pref":1}},"phones":{"p1":{"number":"+33 6","features":{"mobile":true}}},"created":"2026-01-02T03:04:05Z","updated":"2026-02-03T04:05:06Z"}""", 0)]
    [InlineData("""{"uid":"g","kind":"group","name":{"full":"Famille"},"members":{"urn:uuid:1":true,"urn:uuid:2":true}}""", 0)]
    [InlineData("""{"uid":"g","kind":"group","members":{"urn:uuid:1":true}}""", 2)]
    [InlineData("""{"uid":"u","kind":"device","name":{"full":"Printer"}}""", 1)]
    [InlineData("""{"uid":"u","emails":{"mail":{"address":"a@far.test","label":"maison"}}}""", 2)]
    [InlineData("""{"uid":"u","notes":{"n1":{"note":"nobody"}}}""", 1)]
    [InlineData("""{"uid":"a  b","name":{"full":"Two  blanks"}}""", 2)]
    [InlineData("""{"uid":"u","name":{"full":"X"},"example.com:a/b~c\"^'\n":{"deep":[[["blue",1,null,"a,b;c\\:\r\n\t😀"]]]},"été":null,"media":{"m":{"kind":"photo","uri":"data:image/png;base64,AA=="}}}""", 2)]
    [InlineData("""{"uid":"u","name":{"full":"X","sortAs":{"surname":"Y"},"phonetic":true},"titles":{"t":{"name":"A","organizationId":"o1"}},"updated":"2026-02-03T04:05:06.789Z","speakToAs":{"grammaticalGender":"neuter"},"preferredLanguages":{"l":{"language":"fr"}}}""", 5)]
    public void A_card_comes_in_as_it_went_out(string json, int more)
    {
        var card = Card(json);
        var text = CardToVCard.Write(card, isOld: false);
        Assert.Equal(more, text.Split("\r\nJSPROP;").Length - 1);
        Assert.DoesNotContain("JSPROP", CardToVCard.Write(card, isOld: true), StringComparison.Ordinal);
        var read = Read(text);
        Assert.True(JsonNode.DeepEquals(card, read), $"{read?.ToJsonString()}\n{text}");
    }

    [Fact]
    public void A_card_of_the_longest_comes_in_as_it_went_out()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 60)) + string.Concat(Enumerable.Repeat("]", 60));
        foreach (var (name, value) in ((string, string)[])[("x", $"\"{new string(',', 65_000)}\""), ("notes", "{\"n1\":{\"note\":\"" + new string(';', 65_000) + "\"}}"), ("deep", deep),
            ("members", $"{{{string.Join(',', Enumerable.Range(0, 5_000).Select(i => $"\"u{i}\":true"))}}}"), ("emails", $"{{{string.Join(',', Enumerable.Range(0, 1_500).Select(i => $"\"e{i + 1}\":{{\"address\":\"a{i}@b.test\"}}"))}}}")])
        {
            var card = Card($$"""{"uid":"u","kind":"group","name":{"full":"X"},"{{name}}":{{value}}}""");
            Assert.InRange(Encoding.UTF8.GetByteCount(card.ToJsonString()), 0, ContactStore.MaxCardOctets);
            Assert.True(JsonNode.DeepEquals(card, Read(CardToVCard.Write(card, isOld: false))), name);
        }
    }

    [Theory]
    [InlineData("JSPROP;JSPTR=\"emails\":[1]")]
    [InlineData("JSPROP;JSPTR=\"emails\":{\"e1\":{\"address\":\"nobody\"}}")]
    [InlineData("JSPROP;JSPTR=\"uid\":\"\"")]
    [InlineData("JSPROP;JSPTR=\"uid\":null")]
    [InlineData("JSPROP;JSPTR=\"@type\":\"Group\"")]
    [InlineData("JSPROP;JSPTR=\"version\":\"9\"")]
    [InlineData("JSPROP;JSPTR=\"x\":{\"a\":1\\,\"a\":2}")]
    [InlineData("JSPROP;JSPTR=\"x\":\"\\\\ud800\"")]
    [InlineData("JSPROP;JSPTR=\"x\":{")]
    [InlineData("JSPROP;JSPTR=\"emails/e1/label\":\"x\"")]
    [InlineData("JSPROP;JSPTR=\"\":{}")]
    [InlineData("JSPROP:{}")]
    [InlineData("JSPROP;JSPTR=\"x\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]")]
    [Trait("Promise", "S-12")]
    public void What_would_be_no_card_is_left_out(string line)
    {
        var read = Read($"BEGIN:VCARD\r\nVERSION:4.0\r\nUID:u\r\nFN:Ada\r\nEMAIL:ada@far.test\r\n{line}\r\nEND:VCARD\r\n")!;
        Assert.True(JsonNode.DeepEquals(Card("""{"uid":"u","name":{"full":"Ada"},"emails":{"e1":{"address":"ada@far.test"}}}"""), read), read.ToJsonString());
        Assert.Equal("u", ContactCard.ToDraft(read).Uid);
    }

    private static JsonObject Card(string json)
    {
        var card = (JsonObject)JsonNode.Parse(json)!;
        (card["@type"], card["version"]) = ("Card", "1.0");
        foreach (var name in card.Where(one => one.Value is null).Select(one => one.Key).ToList()) card.Remove(name); // as the store has it
        return card;
    }

    private static JsonObject? Read(string text)
    {
        var reader = new VCardReader(new MemoryStream(Encoding.UTF8.GetBytes(text)));
        var read = reader.ReadAsync(default).AsTask().GetAwaiter().GetResult()!;
        Assert.Equal(VCardProblem.None, read.Problem);
        return VCardToCard.Read(read.Properties);
    }
}
