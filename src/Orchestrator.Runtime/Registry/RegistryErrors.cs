using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Runtime.Cri;

namespace Orchestrator.Runtime.Registry;

/// <summary>The body of a registry's refusal (distribution-spec, "Error Codes").</summary>
internal sealed record RegistryErrors
{
    private const int BodyLimit = 64 << 10;

    [JsonPropertyName("errors")]
    public IReadOnlyList<RegistryErrorItem>? Errors { get; init; }

    /// <summary>The failure that a status means, with what the registry says of it.</summary>
    public static async Task<RuntimeException> FromResponseAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var detail = await DetailAsync(response, cancellationToken);
        var request = response.RequestMessage!;
        var status = $"unexpected status from {request.Method} request to {request.RequestUri}: {(int)response.StatusCode} {response.ReasonPhrase}{detail}";
        return response.StatusCode switch
        {
            HttpStatusCode.NotFound => new RuntimeException(RuntimeError.NotFound, "not found"),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new RuntimeException(
                RuntimeError.Unauthorized,
                $"{(request.Method == HttpMethod.Get || request.Method == HttpMethod.Head ? "pull" : "push")} access denied, repository does not exist or may require authorization: {status}"),
            _ => new RuntimeException(RuntimeError.Unavailable, status),
        };
    }

    /// <summary>The failure of a request that got no answer.</summary>
    public static RuntimeException FromFailure(HttpMethod method, Uri address, Exception failure)
    {
        var reason = failure switch
        {
            { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } => $"dial tcp {address.Host}:{address.Port}: connect: connection refused",
            { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } } => $"dial tcp: lookup {address.Host}: no such host",
            { InnerException: SocketException socket } => $"dial tcp {address.Host}:{address.Port}: {socket.Message}",
            { InnerException: AuthenticationException tls } => $"tls: {tls.Message}",
            OperationCanceledException => "timeout",
            _ => failure.Message,
        };
        var verb = method.Method[..1] + method.Method[1..].ToLowerInvariant();
        return new RuntimeException(RuntimeError.Unavailable, $"failed to do request: {verb} \"{address}\": {reason}", failure);
    }

    /// <summary>A body as a whole, up to a limit.</summary>
    /// <exception cref="RuntimeException">InvalidArgument, when it is longer.</exception>
    public static async Task<byte[]> ReadAsync(HttpResponseMessage response, int limit, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var memory = new MemoryStream();
        var buffer = new byte[16 << 10];
        int count;
        while ((count = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            memory.Write(buffer, 0, count);
            if (memory.Length > limit)
                throw new RuntimeException(RuntimeError.InvalidArgument, $"{response.RequestMessage!.RequestUri} sent more than {limit} bytes");
        }

        return memory.ToArray();
    }

    private static async Task<string> DetailAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            var body = await ReadAsync(response, BodyLimit, cancellationToken);
            var errors = JsonSerializer.Deserialize(body, RegistryJson.Default.RegistryErrors)?.Errors;
            return errors is [{ } first, ..] ? $": {first.Code}: {first.Message}" : "";
        }
        catch (Exception e) when (e is JsonException or IOException or HttpRequestException or RuntimeException)
        {
            // Not every refusal has a body in this form; the status says enough.
            return "";
        }
    }
}

internal sealed record RegistryErrorItem
{
    [JsonPropertyName("code")]
    public string? Code { get; init; }

    [JsonPropertyName("message")]
    public string? Message { get; init; }
}
