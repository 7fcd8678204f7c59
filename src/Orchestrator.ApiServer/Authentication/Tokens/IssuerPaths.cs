using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.ApiServer.Http;

namespace Orchestrator.ApiServer.Authentication.Tokens;

/// <summary>The public keys of service account tokens, for others that check them.</summary>
internal sealed class KeySetPath(SigningKeys keys) : IPathHandler
{
    public string Path => "/openid/v1/jwks";

    public Task HandleAsync(RequestContext context, CancellationToken cancellationToken) =>
        IssuerPaths.SendAsync(context, "application/jwk-set+json", keys.ToKeySet(), cancellationToken);
}

/// <summary>The discovery document of the token issuer (OpenID Connect Discovery 1.0).</summary>
internal sealed class OpenIdConfigurationPath(string issuer) : IPathHandler
{
    public string Path => "/.well-known/openid-configuration";

    public Task HandleAsync(RequestContext context, CancellationToken cancellationToken) => IssuerPaths.SendAsync(context, "application/json", new JsonObject
    {
        ["issuer"] = issuer,
        ["jwks_uri"] = $"https://{context.Http!.Request.Host}/openid/v1/jwks",
        ["response_types_supported"] = new JsonArray("id_token"),
        ["subject_types_supported"] = new JsonArray("public"),
        ["id_token_signing_alg_values_supported"] = new JsonArray("ES256"),
    }, cancellationToken);
}

internal static class IssuerPaths
{
    public static async Task SendAsync(RequestContext context, string contentType, JsonObject document, CancellationToken cancellationToken)
    {
        var response = context.Http!.Response;
        response.ContentType = contentType;
        response.Headers.CacheControl = "public, max-age=3600";
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes(document.ToJsonString()), cancellationToken);
    }
}
