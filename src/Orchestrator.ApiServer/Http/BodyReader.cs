using System.Buffers;
using Microsoft.AspNetCore.Http;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Http;

/// <summary>Reads request bodies, up to a limit.</summary>
internal static class BodyReader
{
    /// <summary>
    /// A body that is too large is still taken in up to this size: a client that is busy sending would not see the refusal.
    /// </summary>
    public const int DrainLimit = 16 * 1024 * 1024;

    /// <exception cref="Api.Errors.ApiException">413: larger than the limit.</exception>
    public static async ValueTask<byte[]> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            var reader = request.BodyReader;
            while (true)
            {
                var result = await reader.ReadAsync(cancellationToken);
                if (result.Buffer.Length > maxBytes)
                {
                    reader.AdvanceTo(result.Buffer.End);
                    await DrainAsync(request, cancellationToken);
                    throw TooLarge(maxBytes);
                }

                if (result.IsCompleted)
                {
                    var body = result.Buffer.ToArray();
                    reader.AdvanceTo(result.Buffer.End);
                    return body;
                }

                reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            }
        }
        catch (BadHttpRequestException error) when (error.StatusCode == 413)
        {
            throw TooLarge(maxBytes);
        }
    }

    private static async ValueTask DrainAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await request.BodyReader.ReadAsync(cancellationToken);
            request.BodyReader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
                return;
        }
    }

    private static Api.Errors.ApiException TooLarge(int maxBytes) => ApiErrors.TooLarge($"Request entity too large: limit is {maxBytes}");
}
