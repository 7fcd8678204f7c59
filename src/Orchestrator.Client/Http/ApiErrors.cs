using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Api.Serialization;

namespace Orchestrator.Client;

/// <summary>Makes <see cref="ApiException"/>s of what went wrong with a request.</summary>
public static class ApiErrors
{
    /// <summary>Longest part of an answer that is not a Status to quote in a message.</summary>
    private const int MaxQuotedCharacters = 2048;

    public static ApiException Unreachable(Uri server, Exception cause) =>
        Make(503, StatusReason.ServiceUnavailable, $"the server {server.GetLeftPart(UriPartial.Authority)} could not be reached: {Innermost(cause)}", cause);

    public static ApiException TimedOut(HttpMethod method, string path, TimeSpan timeout, Exception? cause) =>
        Make(504, StatusReason.Timeout, $"the server did not answer {method} {path} within {timeout.TotalSeconds:0.#} s", cause);

    public static ApiException Unreadable(string path, Exception cause) =>
        Make(500, StatusReason.InternalError, $"the answer to {path} could not be read: {cause.Message}", cause);

    /// <summary>The exception for an answer that refuses; its body is read and the answer disposed.</summary>
    public static async Task<ApiException> FromResponseAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using (response)
        {
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return new ApiException(ParseStatus(body) ?? Generic(response, body));
        }
    }

    internal static ApiException Make(int code, string reason, string message, Exception? cause = null) =>
        new(new Status { StatusValue = "Failure", Code = code, Reason = reason, Message = message, Kind = "Status", ApiVersion = "v1" }, cause);

    internal static TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        if (response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable))
            return null;
        return response.Headers.RetryAfter?.Delta;
    }

    private static Status? ParseStatus(byte[] body)
    {
        try
        {
            return body.Length > 0 && ApiJson.Deserialize<Status>(body) is { Kind: "Status", Code: not null } status ? status : null;
        }
        catch (JsonException)
        {
            // Not every server in between answers with a Status; the caller then quotes the text.
            return null;
        }
    }

    private static Status Generic(HttpResponseMessage response, byte[] body)
    {
        var text = Encoding.UTF8.GetString(body, 0, Math.Min(body.Length, MaxQuotedCharacters)).Trim();
        var code = (int)response.StatusCode;
        return new Status
        {
            StatusValue = "Failure", Kind = "Status", ApiVersion = "v1", Code = code, Reason = ReasonOf(response.StatusCode),
            Message = text.Length > 0 ? text : string.Create(CultureInfo.InvariantCulture, $"the server answered {code} {response.ReasonPhrase}"),
        };
    }

    private static string ReasonOf(HttpStatusCode code) => code switch
    {
        HttpStatusCode.BadRequest => StatusReason.BadRequest,
        HttpStatusCode.Unauthorized => StatusReason.Unauthorized,
        HttpStatusCode.Forbidden => StatusReason.Forbidden,
        HttpStatusCode.NotFound => StatusReason.NotFound,
        HttpStatusCode.MethodNotAllowed => StatusReason.MethodNotAllowed,
        HttpStatusCode.NotAcceptable => StatusReason.NotAcceptable,
        HttpStatusCode.Conflict => StatusReason.Conflict,
        HttpStatusCode.Gone => StatusReason.Gone,
        HttpStatusCode.RequestEntityTooLarge => StatusReason.RequestEntityTooLarge,
        HttpStatusCode.UnsupportedMediaType => StatusReason.UnsupportedMediaType,
        HttpStatusCode.UnprocessableEntity => StatusReason.Invalid,
        HttpStatusCode.TooManyRequests => StatusReason.TooManyRequests,
        HttpStatusCode.ServiceUnavailable => StatusReason.ServiceUnavailable,
        HttpStatusCode.GatewayTimeout => StatusReason.Timeout,
        _ => StatusReason.InternalError,
    };

    private static string Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner)
            exception = inner;
        return exception.Message;
    }
}
