using System.Buffers.Binary;

namespace Facteur.Delivery.Filtering.Checkers.Milters;

/// <summary>What a milter may do to a message, as we offer it (SMFIF_ of libmilter).</summary>
[Flags]
internal enum MilterActions : uint
{
    AddHeaders = 0x01,
    ChangeHeaders = 0x10,
    Quarantine = 0x20,
    SetMacros = 0x100,

    /// <summary>
    /// Bodies, recipients and senders stay as they are. ChangeHeaders is offered since common milters refuse to work without it, and then
    /// only adds (<see cref="MilterFindings"/>).
    /// </summary>
    Offered = AddHeaders | ChangeHeaders | Quarantine | SetMacros,
}

/// <summary>Steps that a milter does not want to hear of, and those it does not answer (SMFIP_ of libmilter).</summary>
[Flags]
internal enum MilterSteps : uint
{
    NoConnect = 0x01,
    NoHello = 0x02,
    NoMail = 0x04,
    NoRecipient = 0x08,
    NoBody = 0x10,
    NoHeaders = 0x20,
    NoEndOfHeader = 0x40,
    SilentHeader = 0x80,
    NoUnknown = 0x100,
    NoData = 0x200,
    Skip = 0x400,
    SilentConnect = 0x1000,
    SilentHello = 0x2000,
    SilentMail = 0x4000,
    SilentRecipient = 0x8000,
    SilentData = 0x1_0000,
    SilentUnknown = 0x2_0000,
    SilentEndOfHeader = 0x4_0000,
    SilentBody = 0x8_0000,
    LeadingSpace = 0x10_0000,

    Offered = 0x1F_F7FF,
}

/// <summary>The first packet of each side: version, actions, steps.</summary>
internal static class MilterNegotiation
{
    public const uint Version = 6;

    public static async ValueTask<MilterSteps> RunAsync(MilterWire wire, CancellationToken cancel)
    {
        var offer = new byte[12];
        BinaryPrimitives.WriteUInt32BigEndian(offer, Version);
        BinaryPrimitives.WriteUInt32BigEndian(offer.AsSpan(4), (uint)MilterActions.Offered);
        BinaryPrimitives.WriteUInt32BigEndian(offer.AsSpan(8), (uint)MilterSteps.Offered);
        await wire.SendAsync(MilterCode.Negotiate, offer, cancel);
        var answer = await wire.ReadAsync(cancel);
        // What stands behind are the macros it would like: ours are always the same.
        if (answer.Code != MilterCode.Negotiate || answer.Data.Length < 12) throw new CheckerException("the milter does not negotiate");
        var version = BinaryPrimitives.ReadUInt32BigEndian(answer.Data);
        var actions = (MilterActions)BinaryPrimitives.ReadUInt32BigEndian(answer.Data.AsSpan(4));
        var steps = (MilterSteps)BinaryPrimitives.ReadUInt32BigEndian(answer.Data.AsSpan(8));
        if (version is < 2 or > Version) throw new CheckerException($"the milter speaks version {version}");
        if ((actions & ~MilterActions.Offered) != 0) throw new CheckerException($"the milter wants to change what it may not: {(uint)(actions & ~MilterActions.Offered):x}");
        if ((steps & ~MilterSteps.Offered) != 0) throw new CheckerException($"the milter wants steps that were not offered: {(uint)(steps & ~MilterSteps.Offered):x}");
        return steps;
    }
}
