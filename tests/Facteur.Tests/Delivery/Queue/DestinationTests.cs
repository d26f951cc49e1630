using Facteur.Delivery.Queue;
using Facteur.Delivery.Transport;
using Facteur.Tests.Support;

namespace Facteur.Tests.Delivery.Queue;

public sealed class DestinationTests
{
    private static readonly MxRoute route = new("one.test");

    private readonly DestinationTable table = new(new QueueOptions(), new FakeTime(DateTimeOffset.UnixEpoch));

    [Fact]
    public async Task A_peer_that_gives_no_connection_beside_one_that_waits_has_not_gone()
    {
        var destination = table.Get("one.test");
        var session = (await new RemoteWorld()["one.test"].ConnectAsync(route, default)).Session!;
        Assert.True(destination.TryStart(wanted: 2));
        Assert.True(destination.Park(new KeptSession(session, route, default, 0)));
        var inTheWay = new List<KeptSession>();
        Assert.Equal(Refusal.Freed, destination.Refused("421 too many connections", inTheWay));
        Assert.Same(session, Assert.Single(inTheWay).Session);
        Assert.Equal((TimeSpan.Zero, 1, false), (destination.Rest, destination.Lanes, table.HasParked));

        // With none left that could be in the way it rests, so that a peer is not asked again and again.
        Assert.Equal(Refusal.Rests, destination.Refused("421 too many connections", inTheWay));
        Assert.True(destination.Rest > TimeSpan.Zero);
        Assert.Single(inTheWay);
    }

    [Fact]
    public void A_peer_that_gives_no_further_connection_keeps_those_that_it_gave()
    {
        var destination = table.Get("one.test");
        Assert.True(destination.TryStart(wanted: 9));
        destination.Answered();
        Assert.True(destination.TryStart(wanted: 9));
        Assert.Equal(Refusal.Fewer, destination.Refused("421 too many connections", []));
        Assert.Equal((TimeSpan.Zero, 1), (destination.Rest, destination.Lanes));
        Assert.False(destination.TryStart(wanted: 9));
    }
}
