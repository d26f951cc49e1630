using System.Buffers.Binary;
using System.Text;
using Facteur.Tests.Net.Dialing;

namespace Facteur.Tests.Delivery.Filtering.Checkers;

/// <summary>
/// A milter that answers as written. What it hears is kept as text: the letter, then the data with zero octets as "|".
/// </summary>
internal sealed class ScriptedMilter : IAsyncDisposable
{
    private readonly Target target;
    private readonly Func<char, byte[], IEnumerable<string>?> answer;
    private readonly uint version, actions, steps;

    /// <param name="answer">Answers to a command: each a letter and data with "|" for a zero octet; null closes the connection.</param>
    public ScriptedMilter(Func<char, byte[], IEnumerable<string>?> answer, uint version = 6, uint actions = 0x31, uint steps = 0)
    {
        (this.answer, this.version, this.actions, this.steps) = (answer, version, actions, steps);
        target = new Target(ServeAsync);
    }

    public int Port => target.Port;

    public List<string> Heard { get; } = [];

    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The first conversation is over: all of it was heard.</summary>
    public Task Ended => ended.Task;

    public IEnumerable<string> HeardWithoutMacros => Heard.Where(text => text[0] != 'D');

    /// <summary>Continues at every step that expects an answer.</summary>
    public static IEnumerable<string>? Continue(char command, byte[] data) => command is 'Q' or 'D' ? [] : ["c"];

    /// <summary>Continues, and at one step says something else.</summary>
    public static Func<char, byte[], IEnumerable<string>?> At(char command, params string[] answers) => (letter, data) => letter == command ? answers : Continue(letter, data);

    public ValueTask DisposeAsync() => target.DisposeAsync();

    public static byte[] Packet(string text)
    {
        var data = Encoding.Latin1.GetBytes(text.Replace('|', '\0'));
        var packet = new byte[4 + data.Length];
        BinaryPrimitives.WriteInt32BigEndian(packet, data.Length);
        data.CopyTo(packet, 4);
        return packet;
    }

    private async Task ServeAsync(Stream stream, CancellationToken cancel)
    {
        try
        {
            await ConverseAsync(stream, cancel);
        }
        finally
        {
            ended.TrySetResult();
        }
    }

    private async Task ConverseAsync(Stream stream, CancellationToken cancel)
    {
        var head = new byte[5];
        while (await stream.ReadAtLeastAsync(head, 5, throwOnEndOfStream: false, cancel) == 5)
        {
            var data = new byte[BinaryPrimitives.ReadInt32BigEndian(head) - 1];
            await stream.ReadExactlyAsync(data, cancel);
            var command = (char)head[4];
            if (command == 'O')
            {
                var reply = new byte[17];
                BinaryPrimitives.WriteInt32BigEndian(reply, 13);
                reply[4] = (byte)'O';
                BinaryPrimitives.WriteUInt32BigEndian(reply.AsSpan(5), version);
                BinaryPrimitives.WriteUInt32BigEndian(reply.AsSpan(9), actions);
                BinaryPrimitives.WriteUInt32BigEndian(reply.AsSpan(13), steps);
                await stream.WriteAsync(reply, cancel);
                continue;
            }
            lock (Heard) Heard.Add(command + Encoding.Latin1.GetString(data).Replace('\0', '|'));
            if (answer(command, data) is not { } answers) return;
            foreach (var text in answers) await stream.WriteAsync(Packet(text), cancel);
        }
    }
}
