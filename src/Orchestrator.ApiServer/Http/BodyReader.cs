using System.Buffers;
using Microsoft.AspNetCore.Http;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Http;

/// <summary>Reads request bodies, up to a limit.</summary>
internal static class BodyReader
{
    /// <exception cref="Api.Errors.ApiException">413: larger than the limit.</exception>
    public static async ValueTask<byte[]> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes)
            throw TooLarge(maxBytes);
        try
        {
            var reader = request.BodyReader;
            while (true)
            {
                var result = await reader.ReadAsync(cancellationToken);
                if (result.Buffer.Length > maxBytes)
                    throw TooLarge(maxBytes);
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

    private static Api.Errors.ApiException TooLarge(int maxBytes) => ApiErrors.TooLarge($"Request entity too large: limit is {maxBytes}");
}
