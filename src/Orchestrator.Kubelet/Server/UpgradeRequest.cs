using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Orchestrator.Kubelet.Server;

/// <summary>The handshakes that turn an HTTP/1.1 request into a WebSocket (RFC 6455) or into SPDY/3.1.</summary>
internal static class UpgradeRequest
{
    private const string WebSocketGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private const string StreamProtocolHeader = "X-Stream-Protocol-Version";
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(30);

    public static bool IsWebSocket(HttpContext context) => Wants(context, "websocket");

    public static bool IsSpdy(HttpContext context) => Wants(context, "SPDY/3.1");

    /// <summary>The sub-protocols that a WebSocket client offers, in its order.</summary>
    public static IReadOnlyList<string> OfferedSubProtocols(HttpContext context) => Split(context.Request.Headers.SecWebSocketProtocol);

    public static async Task<WebSocket> AcceptWebSocketAsync(HttpContext context, string subProtocol)
    {
        var key = context.Request.Headers.SecWebSocketKey.ToString();
        if (context.Request.Headers.SecWebSocketVersion != "13" || key.Length == 0)
            throw new KubeletRequestException(StatusCodes.Status400BadRequest, "the WebSocket handshake is not of version 13");
        var headers = context.Response.Headers;
        headers.Upgrade = "websocket";
        // SHA-1 is what the protocol asks for; nothing is secured by it.
#pragma warning disable CA5350
        headers.SecWebSocketAccept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + WebSocketGuid)));
#pragma warning restore CA5350
        if (subProtocol.Length > 0)
            headers.SecWebSocketProtocol = subProtocol;
        var stream = await Feature(context).UpgradeAsync();
        // The socket itself need not know its sub-protocol, and .NET refuses the slash in that of the SPDY tunnel.
        return WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = KeepAlive });
    }

    /// <summary>The first protocol that both sides know; a client that offers none speaks the last of ours.</summary>
    /// <exception cref="KubeletRequestException">None fits.</exception>
    public static string ChooseStreamProtocol(HttpContext context, IReadOnlyList<string> known)
    {
        var offered = Split(context.Request.Headers[StreamProtocolHeader]);
        if (offered.Count == 0)
            return known[^1];
        return offered.FirstOrDefault(known.Contains)
            ?? throw new KubeletRequestException(StatusCodes.Status403Forbidden, $"unable to upgrade: unable to negotiate protocol: client supports [{string.Join(' ', offered)}], server accepts [{string.Join(' ', known)}]");
    }

    public static Task<Stream> AcceptSpdyAsync(HttpContext context, string protocol)
    {
        context.Response.Headers.Upgrade = "SPDY/3.1";
        context.Response.Headers[StreamProtocolHeader] = protocol;
        return Feature(context).UpgradeAsync();
    }

    private static bool Wants(HttpContext context, string protocol) =>
        Split(context.Request.Headers.Upgrade).Contains(protocol, StringComparer.OrdinalIgnoreCase) && context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true };

    private static IHttpUpgradeFeature Feature(HttpContext context) => context.Features.GetRequiredFeature<IHttpUpgradeFeature>();

    private static List<string> Split(Microsoft.Extensions.Primitives.StringValues values) =>
        [.. values.SelectMany(value => (value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
}
