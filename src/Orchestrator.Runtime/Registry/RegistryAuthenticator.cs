using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Runtime.Content;
using Orchestrator.Runtime.Cri;

namespace Orchestrator.Runtime.Registry;

internal sealed record TokenAnswer
{
    [JsonPropertyName("token")]
    public string? Token { get; init; }

    [JsonPropertyName("access_token")]
    public string? AccessToken { get; init; }
}

[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(RegistryErrors))]
[JsonSerializable(typeof(CredentialDocument))]
[JsonSourceGenerationOptions(WriteIndented = true)]
internal sealed partial class RegistryJson : JsonSerializerContext;

/// <summary>Obtains the Authorization header for one repository of one registry, once it is asked for.</summary>
internal sealed class RegistryAuthenticator(HttpClient http, RegistryAuth? credentials)
{
    private volatile AuthenticationHeaderValue? current = credentials?.RegistryToken is { Length: > 0 } token ? new("Bearer", token) : null;

    /// <summary>What to send; null as long as nobody has asked.</summary>
    public AuthenticationHeaderValue? Current => current;

    /// <summary>Answers a challenge.</summary>
    /// <param name="scope">"repository:NAME:pull", when the challenge names none.</param>
    /// <returns>False when there is nothing (more) to try.</returns>
    public async Task<bool> AnswerAsync(AuthenticationChallenge challenge, string scope, CancellationToken cancellationToken)
    {
        var before = current;
        current = challenge.Scheme == "basic" ? Basic() : new AuthenticationHeaderValue("Bearer", await FetchTokenAsync(challenge, scope, cancellationToken));
        return current is not null && !Equals(before, current);
    }

    private AuthenticationHeaderValue? Basic() => credentials is not { Username.Length: > 0 }
        ? null
        : new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credentials.Username}:{credentials.Password}")));

    private async Task<string> FetchTokenAsync(AuthenticationChallenge challenge, string scope, CancellationToken cancellationToken)
    {
        using var request = TokenRequest(challenge, scope);
        using var response = await http.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            var error = response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden ? RuntimeError.Unauthorized : RuntimeError.Unavailable;
            throw new RuntimeException(
                error, $"failed to authorize: failed to fetch token: unexpected status from {request.Method} request to {request.RequestUri}: {(int)response.StatusCode} {response.ReasonPhrase}");
        }

        var body = await RegistryErrors.ReadAsync(response, ImageLimits.DocumentBytes, cancellationToken);
        var answer = JsonSerializer.Deserialize(body, RegistryJson.Default.TokenAnswer);
        return answer?.Token ?? answer?.AccessToken
            ?? throw new RuntimeException(RuntimeError.Unauthorized, $"failed to authorize: {request.RequestUri} sent no token");
    }

    /// <summary>With an identity token OAuth's refresh grant, else the plain form with a password if there is one.</summary>
    private HttpRequestMessage TokenRequest(AuthenticationChallenge challenge, string scope)
    {
        var realm = challenge.Parameters["realm"];
        if (!Uri.TryCreate(realm, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new RuntimeException(RuntimeError.Unauthorized, $"failed to authorize: the registry names \"{realm}\" to get tokens from");
        var service = challenge.Parameters.GetValueOrDefault("service", "");
        scope = challenge.Parameters.GetValueOrDefault("scope", scope);
        if (credentials?.IdentityToken is { Length: > 0 } identity)
        {
            return new HttpRequestMessage(HttpMethod.Post, address)
            {
                Content = new FormUrlEncodedContent(
                [
                    new("grant_type", "refresh_token"), new("refresh_token", identity), new("service", service), new("scope", scope), new("client_id", "orchestrator"),
                ]),
            };
        }

        var separator = address.Query.Length > 0 ? "&" : "?";
        var query = $"{separator}service={Uri.EscapeDataString(service)}&scope={Uri.EscapeDataString(scope)}";
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(realm + query));
        request.Headers.Authorization = Basic();
        return request;
    }
}
