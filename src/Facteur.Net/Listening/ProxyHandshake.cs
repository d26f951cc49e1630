using System.IO.Pipelines;

namespace Facteur.Net;

/// <summary>Reads the PROXY header at the start of a connection.</summary>
internal static class ProxyHandshake
{
    /// <summary>A proxy sends its header with the connection; this is for a lost segment.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Null when there is none in time; what follows it stays unread.</summary>
    public static async Task<ProxyHeader?> ReadAsync(PipeReader input, MailConnectionOptions options)
    {
        using var timer = new CancellationTokenSource(Patience, options.Time);
        try
        {
            while (true)
            {
                var result = await input.ReadAsync(timer.Token);
                var rest = result.Buffer;
                var status = ProxyHeader.TryRead(ref rest, out var header);
                input.AdvanceTo(rest.Start, status == ProxyStatus.NeedMore ? rest.End : rest.Start);
                if (status == ProxyStatus.Complete)
                    return header;
                if (status == ProxyStatus.Invalid || result.IsCompleted)
                    return null;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            return null;
        }
    }
}
