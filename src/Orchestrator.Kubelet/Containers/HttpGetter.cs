using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;

namespace Orchestrator.Kubelet.Containers;

/// <summary>HTTP requests of probes and hooks to pods: certificates are not checked, connections are not kept, bodies are capped.</summary>
internal sealed class HttpGetter : IDisposable
{
    /// <summary>More of a body is not read.</summary>
    public const int MaxBodyBytes = 10 * 1024;

    private const int MaxRedirects = 10;

    private readonly HttpMessageInvoker invoker = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.Zero,
        // Probes check that something answers, not who it is: pods serve self-signed certificates.
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true },
    });

    /// <returns>The status and the start of the body. A redirect to another host ends there and counts as an answer.</returns>
    /// <exception cref="HttpRequestException">No answer.</exception>
    public async Task<(HttpStatusCode Status, string Body)> GetAsync(Uri uri, IReadOnlyList<HTTPHeader> headers, string userAgent, CancellationToken cancellationToken)
    {
        for (var redirects = 0; ; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, uri);
            Add(request.Headers, headers, userAgent);
            using var response = await invoker.SendAsync(request, cancellationToken);
            if ((int)response.StatusCode is >= 300 and < 400 && response.Headers.Location is { } location && redirects < MaxRedirects)
            {
                var next = new Uri(uri, location);
                if (next.Host == uri.Host)
                {
                    uri = next;
                    continue;
                }

                return (response.StatusCode, "");
            }

            return (response.StatusCode, await ReadBodyAsync(response, cancellationToken));
        }
    }

    public void Dispose() => invoker.Dispose();

    private static void Add(HttpRequestHeaders target, IReadOnlyList<HTTPHeader> headers, string userAgent)
    {
        target.ConnectionClose = true;
        foreach (var header in headers)
        {
            if (string.Equals(header.Name, "Host", StringComparison.OrdinalIgnoreCase))
                target.Host = header.Value;
            else
                target.TryAddWithoutValidation(header.Name!, header.Value);
        }

        if (!target.Contains("User-Agent"))
            target.TryAddWithoutValidation("User-Agent", userAgent);
        if (!target.Contains("Accept"))
            target.TryAddWithoutValidation("Accept", "*/*");
    }

    private static async Task<string> ReadBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MaxBodyBytes];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return System.Text.Encoding.UTF8.GetString(buffer, 0, length);
    }
}
