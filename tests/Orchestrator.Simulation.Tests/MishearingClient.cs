using System.Text.RegularExpressions;

namespace Orchestrator.Simulation.Tests;

/// <summary>Garbles what its component reads of the answers to requests whose path and query match a pattern.</summary>
internal sealed class MishearingClient(HttpMessageHandler inner, string pattern) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // Completed in bare steps, and continued there.
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (!Regex.IsMatch(request.RequestUri!.PathAndQuery, pattern))
            return response;
        var garbled = new StreamContent(new Garbling(await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false)));
        garbled.Headers.ContentType = response.Content.Headers.ContentType;
        response.Content = garbled;
        return response;
    }

    private sealed class Garbling(Stream inner) : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            buffer.Span[..count].Replace((byte)':', (byte)';');
            return count;
        }
    }
}
