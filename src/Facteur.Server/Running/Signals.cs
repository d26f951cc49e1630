using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Facteur.Server.Running;

/// <summary>SIGTERM, SIGINT and SIGHUP, one after the other, instead of the end of the process.</summary>
internal sealed class Signals : IDisposable
{
    private readonly Channel<PosixSignal> received = Channel.CreateUnbounded<PosixSignal>();
    private readonly PosixSignalRegistration[] registrations;

    public Signals() => registrations = [.. ((PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP]).Select(signal => PosixSignalRegistration.Create(signal, Receive))];

    public ValueTask<PosixSignal> NextAsync() => received.Reader.ReadAsync();

    public void Dispose()
    {
        foreach (var registration in registrations)
            registration.Dispose();
    }

    private void Receive(PosixSignalContext context)
    {
        context.Cancel = true;
        received.Writer.TryWrite(context.Signal);
    }
}
