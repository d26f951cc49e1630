using System.Net;
using System.Text;
using Facteur.Tests.Web;

namespace Facteur.Tests.Jmap;

/// <summary>A request to the API whose body has begun and does not end until it is told to.</summary>
internal sealed class OpenRequest : IDisposable
{
    private readonly TaskCompletionSource ends = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource leaving = new();
    private readonly Task<HttpResponseMessage> answer;

    public OpenRequest(WebBrowser browser, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/jmap", UriKind.Relative)) { Content = new Body(this) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        answer = browser.SendAsync(request, leaving.Token);
    }

    /// <summary>The client goes away.</summary>
    public async Task LeaveAsync()
    {
        await leaving.CancelAsync();
        try
        {
            (await answer).Dispose(); // of no meaning: nobody is there to read it
        }
        catch (OperationCanceledException)
        {
            // It had not begun.
        }
    }

    /// <summary>Sends the rest.</summary>
    public void End() => ends.TrySetResult();

    /// <summary>The answer, whether the body has ended or not.</summary>
    public async Task<(HttpStatusCode Status, string Body)> AnswerAsync()
    {
        using var response = await answer.WaitAsync(TimeSpan.FromSeconds(20));
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public void Dispose()
    {
        ends.TrySetResult();
        leaving.Dispose();
    }

    private sealed class Body(OpenRequest request) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var octets = Encoding.UTF8.GetBytes(JmapHttp.Echo);
            await stream.WriteAsync(octets.AsMemory(0, 10));
            await stream.FlushAsync();
            await request.ends.Task;
            await stream.WriteAsync(octets.AsMemory(10));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
