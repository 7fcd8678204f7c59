using System.Text.Json;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Validation;
using Orchestrator.Storage;

namespace Orchestrator.ApiServer.Encryption;

/// <summary>GET /encryption: which keys the secrets are encrypted with. POST: encrypts all of them with the newest.</summary>
internal sealed class EncryptionPath(EncryptingStore store) : IPathHandler
{
    public string Path => "/encryption";

    public async Task HandleAsync(RequestContext context, CancellationToken cancellationToken)
    {
        var request = context.Http!.Request;
        var format = ResponseFormat.Choose(request, allowsShapes: false, allowsProtobuf: false);
        try
        {
            var status = request.Method switch
            {
                "GET" => await store.CountAsync(cancellationToken),
                "POST" => await store.RewriteAsync(cancellationToken),
                _ => throw ApiErrors.MethodNotAllowed(),
            };
            var body = JsonSerializer.SerializeToUtf8Bytes(status, EncryptionJsonContext.Default.EncryptionStatus);
            await ResponseWriter.SendAsync(context, body, 200, format, cancellationToken);
        }
        catch (StoreException error)
        {
            throw StoreFailures.ToApi(error);
        }
    }
}
