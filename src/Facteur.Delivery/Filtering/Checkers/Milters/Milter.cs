using Facteur.Delivery.Filtering.Connections;
using Facteur.Net.Dialing;

namespace Facteur.Delivery.Filtering.Checkers.Milters;

/// <summary>
/// A milter, told of a whole transaction when its message is there (protocol of libmilter, version 6). One connection for each message:
/// most milters tie what they know to it, and a fresh one cannot be left over from a conversation that broke off.
/// </summary>
internal sealed class Milter(GuardedDialer dialer, ServiceAddress address, MilterSettings settings, string hostName) : IMessageChecker
{
    public string Name { get; } = Safe(settings.Name);
    public CheckerSettings Settings => settings;

    public async ValueTask CheckAsync(FilterInput input, HostFindings host, FilterScore score, CancellationToken cancel)
    {
        var dialed = await dialer.ConnectAsync(address, cancel);
        if (!dialed.IsConnected) throw new CheckerException(dialed.Sentence);
        await using var connection = dialed.Connection;
        var wire = new MilterWire(connection.Stream);
        var steps = await MilterNegotiation.RunAsync(wire, cancel);
        var header = await MessageHeader.ReadAsync(input, cancel);
        var findings = new MilterFindings(Name, input, header, score);
        await new MilterConversation(wire, steps, input, host, findings, hostName).RunAsync(cancel);
        await wire.SendAsync(MilterCode.Quit, ReadOnlyMemory<byte>.Empty, cancel);
    }

    private static string Safe(string name) =>
        name.Length is > 0 and <= 40 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? name.ToLowerInvariant() : "milter";
}
