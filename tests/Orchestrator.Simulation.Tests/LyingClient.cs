using System.Text.RegularExpressions;

namespace Orchestrator.Simulation.Tests;

/// <summary>Carries something else than its component said, in the requests whose method and path match a pattern.</summary>
/// <param name="lie">The body that is sent for the one that was given; null: the request is lost, and its component waits for ever.</param>
internal sealed class LyingClient(HttpMessageHandler inner, string pattern, Func<string, string?> lie) : DelegatingHandler(inner)
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is { } said && Regex.IsMatch($"{request.Method} {request.RequestUri!.AbsolutePath}", pattern))
        {
            using var reader = new StreamReader(said.ReadAsStream(cancellationToken));
            if (lie(reader.ReadToEnd()) is not { } body)
                return new TaskCompletionSource<HttpResponseMessage>().Task;
            request.Content = new StringContent(body, said.Headers.ContentType);
        }

        return base.SendAsync(request, cancellationToken);
    }
}
