using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Orchestrator.Api.Errors;

namespace Orchestrator.Client.Streaming;

/// <summary>
/// Opens a WebSocket (RFC 6455) through the API client, so that its TLS, identity and refusals apply: a refused upgrade is the
/// server's own Status, which ClientWebSocket would hide.
/// </summary>
internal static class WebSocketUpgrade
{
    private const string Guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    /// <param name="protocols">Sub-protocols offered, best first.</param>
    /// <exception cref="ApiException">The server refused, or answered with something that is no WebSocket.</exception>
    public static async Task<WebSocket> ConnectAsync(
        IApiClient client, string path, IReadOnlyList<string> protocols, CancellationToken cancellationToken)
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.ParseAdd("websocket");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Version", "13");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Key", key);
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Protocol", string.Join(", ", protocols));

        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.StatusCode != HttpStatusCode.SwitchingProtocols)
            throw await ApiErrors.FromResponseAsync(response, cancellationToken);
        if (Header(response, "Sec-WebSocket-Accept") != AcceptOf(key))
        {
            response.Dispose();
            throw ApiErrors.Make(500, StatusReason.InternalError, "the server's answer to the WebSocket handshake is not valid");
        }

        var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        return WebSocket.CreateFromStream(stream, new WebSocketCreationOptions
        {
            IsServer = false, SubProtocol = Header(response, "Sec-WebSocket-Protocol"), KeepAliveInterval = KeepAlive,
        });
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    /// <summary>RFC 6455 section 4.2.2; SHA-1 is the protocol's choice and protects nothing.</summary>
    private static string AcceptOf(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + Guid)));
}
