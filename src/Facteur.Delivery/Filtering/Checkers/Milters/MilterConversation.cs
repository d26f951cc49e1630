using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Facteur.Delivery.Filtering.Connections;
using Facteur.Mail;
using Facteur.Net;

namespace Facteur.Delivery.Filtering.Checkers.Milters;

/// <summary>One message told to one milter: connection, name, envelope, header field by field, body in pieces, end.</summary>
internal sealed class MilterConversation(MilterWire wire, MilterSteps steps, FilterInput input, HostFindings host, MilterFindings findings, string hostName)
{
    // Header fields are told from memory; what a header has beyond this is told as body to nobody.
    private const int MaxHeaderOctets = 1024 * 1024;
    private const int MaxReplies = 10_000;

    public async ValueTask RunAsync(CancellationToken cancel)
    {
        await OpenAsync(cancel);
        await EnvelopeAsync(cancel);
        if (!findings.IsOver) await HeaderAsync(cancel);
        if (!findings.IsOver && !steps.HasFlag(MilterSteps.NoBody)) await BodyAsync(cancel);
        if (!findings.IsOver) await EndAsync(cancel);
    }

    private async ValueTask OpenAsync(CancellationToken cancel)
    {
        var remote = input.Peer.Remote.Address.Unmapped();
        await MacrosAsync(MilterCode.Connect, cancel, "j", hostName, "{daemon_name}", "facteur", "v", "Facteur");
        await StepAsync(MilterCode.Connect, Connect(host.Name ?? $"[{remote}]", remote, input.Peer.Remote.Port), MilterSteps.NoConnect, MilterSteps.SilentConnect, cancel);
        await MacrosAsync(MilterCode.Hello, cancel, "{tls_version}", input.Peer.TlsProtocol ?? "", "{cipher}", input.Peer.CipherSuite ?? "");
        await StepAsync(MilterCode.Hello, MilterWire.Strings(input.Peer.Hello), MilterSteps.NoHello, MilterSteps.SilentHello, cancel);
    }

    private static byte[] Connect(string name, IPAddress remote, int port)
    {
        var data = new ArrayBufferWriter<byte>(64);
        data.Write(MilterWire.Strings(name));
        data.Write([(byte)(remote.AddressFamily == AddressFamily.InterNetwork ? '4' : '6')]);
        BinaryPrimitives.WriteUInt16BigEndian(data.GetSpan(2), (ushort)port);
        data.Advance(2);
        data.Write(MilterWire.Strings(remote.ToString()));
        return data.WrittenSpan.ToArray();
    }

    private async ValueTask EnvelopeAsync(CancellationToken cancel)
    {
        var sender = input.Sender?.ToString() ?? "";
        await MacrosAsync(MilterCode.Mail, cancel, "i", input.Transaction, "{mail_addr}", sender, "{mail_host}", "", "{mail_mailer}", "esmtp", "{auth_authen}", input.Peer.Account?.Address ?? "");
        await StepAsync(MilterCode.Mail, MilterWire.Strings($"<{sender}>"), MilterSteps.NoMail, MilterSteps.SilentMail, cancel);
        foreach (var recipient in input.Recipients)
        {
            if (findings.IsOver || steps.HasFlag(MilterSteps.NoRecipient)) break;
            await MacrosAsync(MilterCode.Recipient, cancel, "{rcpt_addr}", recipient.Address, "{rcpt_host}", "", "{rcpt_mailer}", "local");
            await wire.SendAsync(MilterCode.Recipient, MilterWire.Strings($"<{recipient.Address}>"), cancel);
            if (!steps.HasFlag(MilterSteps.SilentRecipient)) findings.TakeRecipient(await ReplyAsync(cancel), recipient);
        }
        if (findings.IsOver) return;
        findings.EndRecipients();
        await StepAsync(MilterCode.Data, ReadOnlyMemory<byte>.Empty, MilterSteps.NoData, MilterSteps.SilentData, cancel);
    }

    private async ValueTask HeaderAsync(CancellationToken cancel)
    {
        if (!steps.HasFlag(MilterSteps.NoHeaders))
        {
            var octets = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(input.Facts.HeaderSize - input.Start, 1, MaxHeaderOctets));
            try
            {
                var wanted = (int)Math.Clamp(input.Facts.HeaderSize - input.Start, 0, MaxHeaderOctets);
                var length = 0;
                while (length < wanted && await input.Source.ReadAsync(input.Start + length, octets.AsMemory(length, wanted - length), cancel) is var count and > 0) length += count;
                for (var at = 0; at < length && !findings.IsOver;)
                {
                    at = NextField(octets.AsSpan(0, length), at, out var data);
                    if (data is not null) await StepAsync(MilterCode.Header, data, MilterSteps.NoHeaders, MilterSteps.SilentHeader, cancel);
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(octets);
            }
        }
        await StepAsync(MilterCode.EndOfHeader, ReadOnlyMemory<byte>.Empty, MilterSteps.NoEndOfHeader, MilterSteps.SilentEndOfHeader, cancel);
    }

    /// <summary>The field at <paramref name="at"/> as a milter takes it, and where the next starts.</summary>
    private int NextField(ReadOnlySpan<byte> header, int at, out byte[]? data)
    {
        data = null;
        var fields = new HeaderFields(header[at..]);
        if (!fields.MoveNext()) return header.Length;
        var field = fields.Current;
        if (!field.Name.IsEmpty)
        {
            // Lines of a folded field are parted by LF alone there, and without LeadingSpace the blank after the colon is understood.
            var value = Encoding.Latin1.GetString(field.Value).Replace("\r\n", "\n", StringComparison.Ordinal);
            if (!steps.HasFlag(MilterSteps.LeadingSpace) && value.StartsWith(' ')) value = value[1..];
            data = [.. field.Name, 0, .. Encoding.Latin1.GetBytes(value.Replace('\0', ' ')), 0];
            if (data.Length > MilterWire.MaxData) data = [.. data.AsSpan(0, MilterWire.MaxData - 1), 0];
        }
        return at + field.Raw.Length;
    }

    private async ValueTask BodyAsync(CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(MilterWire.MaxData);
        try
        {
            for (var at = Math.Max(input.Facts.HeaderSize, input.Start); !findings.IsOver && !findings.SkipsBody;)
            {
                var count = await input.Source.ReadAsync(at, buffer.AsMemory(0, MilterWire.MaxData), cancel);
                if (count == 0) return;
                at += count;
                await StepAsync(MilterCode.Body, buffer.AsMemory(0, count), MilterSteps.NoBody, MilterSteps.SilentBody, cancel);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask EndAsync(CancellationToken cancel)
    {
        await MacrosAsync(MilterCode.EndOfMessage, cancel, "i", input.Transaction);
        await wire.SendAsync(MilterCode.EndOfMessage, ReadOnlyMemory<byte>.Empty, cancel);
        for (var replies = 0; replies < MaxReplies; replies++)
        {
            var reply = await ReplyAsync(cancel);
            if (findings.TakeChange(reply)) continue;
            findings.Take(reply);
            return;
        }
        throw new CheckerException("the milter does not come to a verdict");
    }

    private async ValueTask StepAsync(char code, ReadOnlyMemory<byte> data, MilterSteps unwanted, MilterSteps silent, CancellationToken cancel)
    {
        if (findings.IsOver || steps.HasFlag(unwanted)) return;
        await wire.SendAsync(code, data, cancel);
        if (!steps.HasFlag(silent)) findings.Take(await ReplyAsync(cancel));
    }

    // "Progress" asks for patience: the deadline of the whole check stands.
    private async ValueTask<MilterReply> ReplyAsync(CancellationToken cancel)
    {
        for (var replies = 0; replies < MaxReplies; replies++)
        {
            var reply = await wire.ReadAsync(cancel);
            if (reply.Code != MilterCode.Progress) return reply;
        }
        throw new CheckerException("the milter does not come to a verdict");
    }

    private ValueTask MacrosAsync(char command, CancellationToken cancel, params ReadOnlySpan<string> namesAndValues)
    {
        byte[] data = [(byte)command, .. MilterWire.Strings(namesAndValues)];
        return wire.SendAsync(MilterCode.Macros, data, cancel);
    }
}
