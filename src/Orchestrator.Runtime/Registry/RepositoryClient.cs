using System.Net;
using System.Net.Http.Headers;
using Orchestrator.Runtime.Content;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Images;

namespace Orchestrator.Runtime.Registry;

/// <summary>A manifest as a registry has it.</summary>
internal sealed record RegistryManifest(Digest Digest, string? MediaType, byte[] Bytes);

/// <summary>One repository of a registry (OCI distribution-spec, Docker Registry HTTP API V2): manifests and blobs, with retries and authorization.</summary>
internal sealed class RepositoryClient
{
    private static readonly string[] manifestTypes = [MediaTypes.OciManifest, MediaTypes.OciIndex, MediaTypes.DockerManifest, MediaTypes.DockerList];

    private readonly HttpClient http;
    private readonly RegistryOptions options;
    private readonly TimeProvider time;
    private readonly RegistryAuthenticator authenticator;
    private readonly Uri address;
    private readonly string scope;

    /// <param name="actions">"pull" or "pull,push".</param>
    public RepositoryClient(HttpClient http, ImageReference reference, RegistryAuth? credentials, string actions, RegistryOptions options, TimeProvider time)
    {
        (this.http, this.options, this.time) = (http, options, time);
        authenticator = new RegistryAuthenticator(http, credentials);
        address = new Uri(RegistryHost.BaseAddress(reference.Domain, options), reference.Path + "/");
        scope = $"repository:{reference.Path}:{actions}";
    }

    /// <param name="selector">Tag or digest. What a digest names is verified.</param>
    /// <exception cref="RuntimeException">NotFound, Unauthorized, Unavailable or InvalidArgument.</exception>
    public async Task<RegistryManifest> GetManifestAsync(string selector, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(() => Request(HttpMethod.Get, "manifests/" + selector, manifestTypes), cancellationToken);
        var bytes = await RegistryErrors.ReadAsync(response, ImageLimits.DocumentBytes, cancellationToken);
        var digest = Digest.Of(bytes);
        if (Digest.TryParse(selector, out var wanted) && wanted != digest)
            throw new RuntimeException(RuntimeError.InvalidArgument, $"the registry sent a manifest with digest {digest}, expected {wanted}");
        return new RegistryManifest(digest, response.Content.Headers.ContentType?.MediaType, bytes);
    }

    /// <summary>Brings a blob into the store. A transfer that breaks off goes on where it stopped.</summary>
    /// <param name="sizeBytes">As the manifest says.</param>
    public async Task DownloadAsync(ContentStore store, Digest digest, long sizeBytes, CancellationToken cancellationToken)
    {
        if (sizeBytes is < 0 or > ImageLimits.BlobBytes)
            throw new RuntimeException(RuntimeError.InvalidArgument, $"blob {digest} of {sizeBytes} bytes is too large");
        var writer = store.NewWriter();
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    writer = await DownloadRestAsync(store, writer, digest, sizeBytes, cancellationToken);
                    break;
                }
                catch (Exception e) when (IsBrokenTransfer(e, cancellationToken))
                {
                    if (attempt >= options.Attempts)
                        throw RegistryErrors.FromFailure(HttpMethod.Get, new Uri(address, "blobs/" + digest), e);
                    await DelayAsync(attempt, cancellationToken);
                }
            }

            writer.Commit(digest);
        }
        finally
        {
            writer.Dispose();
        }
    }

    public async Task<bool> HasBlobAsync(Digest digest, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await SendAsync(() => Request(HttpMethod.Head, "blobs/" + digest), cancellationToken);
            return true;
        }
        catch (RuntimeException e) when (e.Error == RuntimeError.NotFound)
        {
            return false;
        }
    }

    public async Task UploadAsync(ContentStore store, Digest digest, CancellationToken cancellationToken)
    {
        using var begun = await SendAsync(() => Request(HttpMethod.Post, "blobs/uploads/"), cancellationToken);
        var location = begun.Headers.Location ?? throw new RuntimeException(RuntimeError.Unavailable, "the registry did not say where to upload to");
        var target = new Uri(begun.RequestMessage!.RequestUri!, location);
        var separator = target.Query.Length > 0 ? "&" : "?";
        using var done = await SendAsync(() => new HttpRequestMessage(HttpMethod.Put, $"{target}{separator}digest={Uri.EscapeDataString(digest.ToString())}")
        {
            Content = new StreamContent(store.OpenRead(digest)) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } },
        }, cancellationToken, attempts: 1);
    }

    public async Task PutManifestAsync(string selector, string mediaType, byte[] bytes, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(() =>
        {
            var request = Request(HttpMethod.Put, "manifests/" + selector);
            request.Content = new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } };
            return request;
        }, cancellationToken);
    }

    private async Task<ContentWriter> DownloadRestAsync(ContentStore store, ContentWriter writer, Digest digest, long sizeBytes, CancellationToken cancellationToken)
    {
        var offset = writer.Length;
        using var response = await SendAsync(() =>
        {
            var request = Request(HttpMethod.Get, "blobs/" + digest);
            if (offset > 0)
                request.Headers.Range = new RangeHeaderValue(offset, null);
            return request;
        }, cancellationToken);
        if (offset > 0 && response.StatusCode != HttpStatusCode.PartialContent)
        {
            // The server knows no ranges: from the beginning.
            writer.Dispose();
            writer = store.NewWriter();
        }

        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[128 << 10];
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        while (true)
        {
            stall.CancelAfter(options.StallTimeout);
            var count = await stream.ReadAsync(buffer, stall.Token);
            if (count == 0)
                break;
            writer.Append(buffer.AsSpan(0, count), sizeBytes);
        }

        return writer.Length == sizeBytes ? writer : throw new IOException($"the transfer ended after {writer.Length} of {sizeBytes} bytes");
    }

    private HttpRequestMessage Request(HttpMethod method, string path, IEnumerable<string>? accept = null)
    {
        var request = new HttpRequestMessage(method, new Uri(address, path));
        foreach (var type in accept ?? [])
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
        return request;
    }

    /// <summary>Sends until there is an answer: anew after an authorization challenge, and again after failures that may pass.</summary>
    private async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> make, CancellationToken cancellationToken, int? attempts = null)
    {
        var limit = attempts ?? options.Attempts;
        var isChallenged = false;
        for (var attempt = 1; ; attempt++)
        {
            var response = await SendOnceAsync(make, attempt == limit, cancellationToken);
            if (response is { IsSuccessStatusCode: true })
                return response;
            using (response)
            {
                if (response is { StatusCode: HttpStatusCode.Unauthorized } && !isChallenged
                    && AuthenticationChallenge.Choose(response.Headers.WwwAuthenticate) is { } challenge)
                {
                    isChallenged = true;
                    if (await authenticator.AnswerAsync(challenge, scope, cancellationToken))
                    {
                        attempt--;
                        continue;
                    }
                }

                if (response is not null && (attempt >= limit || !MayPass(response.StatusCode)))
                    throw await RegistryErrors.FromResponseAsync(response, cancellationToken);
            }

            await DelayAsync(attempt, cancellationToken);
        }
    }

    /// <returns>Null when there was no answer and it is not the last attempt.</returns>
    private async Task<HttpResponseMessage?> SendOnceAsync(Func<HttpRequestMessage> make, bool isLast, CancellationToken cancellationToken)
    {
        using var request = make();
        request.Headers.Authorization = authenticator.Current;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // Uploads take as long as they take.
        if (request.Method != HttpMethod.Put)
            patience.CancelAfter(options.StallTimeout);
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        }
        catch (Exception e) when (IsBrokenTransfer(e, cancellationToken))
        {
            // Nobody listens there: that seldom changes within seconds, and the kubelet tries again.
            var isRefused = e.InnerException is System.Net.Sockets.SocketException;
            return isLast || isRefused ? throw RegistryErrors.FromFailure(request.Method, request.RequestUri!, e) : null;
        }
    }

    private static bool IsBrokenTransfer(Exception e, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested && e is HttpRequestException or IOException or OperationCanceledException;

    private static bool MayPass(HttpStatusCode status) =>
        status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || (int)status >= 500;

    private Task DelayAsync(int attempt, CancellationToken cancellationToken) =>
        Task.Delay(options.RetryDelay * Math.Pow(2, attempt - 1), time, cancellationToken);
}
