using Facteur.Imap;
using Facteur.Imap.Messages;
using Facteur.Storage.Searching;

namespace Facteur.Tests.Imap.Messages;

public class MessageBitsTests
{
    [Fact]
    public void Holds_what_a_set_holds()
    {
        var random = new Random(7);
        for (var count = 0; count < 300; count += 7)
        {
            var bits = new MessageBits(count);
            var set = new SortedSet<int>();
            for (var i = 0; i < count; i++)
            {
                var place = random.Next(count);
                if (random.Next(3) == 0 && set.Remove(place)) bits.Remove(place);
                else if (set.Add(place)) bits.Add(place);
            }
            Assert.Equal(set.Count, bits.Count);
            Assert.Equal(set.Count == 0, bits.IsEmpty);
            Assert.Equal(set.Count == 0 ? -1 : set.Min, bits.First);
            Assert.Equal(set.Count == 0 ? -1 : set.Max, bits.Last);
            var places = new List<int>();
            foreach (var place in bits) places.Add(place);
            Assert.Equal(set, places);
            Assert.Equal(set, bits.Ranges().SelectMany(r => Enumerable.Range(r.First, r.Count)));
        }
    }

    [Fact]
    public void Numbers_are_written_as_short_sets()
    {
        Assert.Equal("1:3,5,7:8", SequenceText.Of([1, 2, 3, 5, 7, 8]));
        Assert.Equal("4294967295", SequenceText.Of([uint.MaxValue]));
        Assert.Equal("", SequenceText.Of([]));
    }
}
