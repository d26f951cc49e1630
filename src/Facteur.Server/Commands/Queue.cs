using System.CommandLine;

namespace Facteur.Server.Commands;

/// <summary>facteur queue …</summary>
internal static class Queue
{
    public static Command Create() => new("queue", "Mail that waits to be sent to other hosts")
    {
        QueueList.Create(),
        QueueShow.Create(),
        QueueStats.Create(),
        QueueChange.Create("retry", "Try again now", "to be tried now"),
        QueueChange.Create("hold", "Keep back until released", "held"),
        QueueChange.Create("release", "Let go on what was held", "released"),
        QueueChange.Create("bounce", "Give up now and tell the sender", "returned to the sender"),
        QueueChange.Create("cancel", "Take back without telling anybody", "cancelled"),
        QueueChange.CreateRedirect(),
    };
}

/// <summary>Options that say which messages are meant.</summary>
internal sealed class QueueSelection
{
    public Option<string?> Destination { get; } = new("--destination") { Description = "Only mail for this domain or [smarthost]:port" };
    public Option<string?> Sender { get; } = new("--sender") { Description = "Only mail of this sender address" };
    public Option<string?> To { get; } = new("--to") { Description = "Only this recipient address" };
    public Option<string?> Account { get; } = new("--account") { Description = "Only mail of this account" };

    public Symbol[] All => [Destination, Sender, To, Account];

    public (string, string?)[] Of(ParseResult line) =>
        [("destination", line.GetValue(Destination)), ("sender", line.GetValue(Sender)), ("to", line.GetValue(To)), ("account", line.GetValue(Account))];
}
