using Orchestrator.Api;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Meta.V1;

namespace Orchestrator.ApiServer.Validation;

/// <summary>The refusals of the API, with the texts and details that kubectl and client libraries know.</summary>
public static class ApiErrors
{
    public static ApiException NotFound(GroupVersionResource resource, string name) =>
        Make(404, StatusReason.NotFound, $"{resource.QualifiedResource} \"{name}\" not found", Details(resource.Group, resource.Resource, name));

    public static ApiException AlreadyExists(GroupVersionResource resource, string name) =>
        Make(409, StatusReason.AlreadyExists, $"{resource.QualifiedResource} \"{name}\" already exists", Details(resource.Group, resource.Resource, name));

    public static ApiException Conflict(GroupVersionResource resource, string name, string why) =>
        Make(409, StatusReason.Conflict, $"Operation cannot be fulfilled on {resource.QualifiedResource} \"{name}\": {why}",
            Details(resource.Group, resource.Resource, name));

    /// <summary>Another writer was faster.</summary>
    public static ApiException Modified(GroupVersionResource resource, string name) =>
        Conflict(resource, name, "the object has been modified; please apply your changes to the latest version and try again");

    public static ApiException Invalid(GroupVersionKind kind, string name, IReadOnlyCollection<FieldError> errors)
    {
        var texts = errors.Select(one => one.ToString()).Distinct().ToList();
        var list = texts.Count == 1 ? texts[0] : $"[{string.Join(", ", texts)}]";
        var qualified = kind.Group.Length == 0 ? kind.Kind : $"{kind.Kind}.{kind.Group}";
        return Make(422, StatusReason.Invalid, $"{qualified} \"{name}\" is invalid: {list}", Details(kind.Group, kind.Kind, name) with
        {
            Causes = [.. errors.Select(one => new StatusCause { Reason = one.Reason, Message = one.Message, Field = one.Path })],
        });
    }

    public static ApiException BadRequest(string message) => Make(400, StatusReason.BadRequest, message, null);

    public static ApiException Forbidden(GroupVersionResource resource, string name, string why)
    {
        var text = name.Length == 0
            ? $"{resource.QualifiedResource} is forbidden: {why}"
            : $"{resource.QualifiedResource} \"{name}\" is forbidden: {why}";
        return Make(403, StatusReason.Forbidden, text, Details(resource.Group, resource.Resource, name));
    }

    public static ApiException ForbiddenPath(string message) => Make(403, StatusReason.Forbidden, message, new StatusDetails());

    public static ApiException Unauthorized() => Make(401, StatusReason.Unauthorized, "Unauthorized", null);

    public static ApiException MethodNotAllowed(string message = "the server does not allow this method on the requested resource") =>
        Make(405, StatusReason.MethodNotAllowed, message, null);

    /// <summary>A path nobody serves.</summary>
    public static ApiException UnknownPath() => Make(404, StatusReason.NotFound, "the server could not find the requested resource", new StatusDetails());

    public static ApiException TooManyRequests(string message, int retryAfterSeconds) =>
        Make(429, StatusReason.TooManyRequests, message, retryAfterSeconds == 0 ? null : new StatusDetails { RetryAfterSeconds = retryAfterSeconds });

    public static ApiException Expired(string message) => Make(410, StatusReason.Expired, message, null);

    public static ApiException NotAcceptable(string supported) =>
        Make(406, StatusReason.NotAcceptable, $"only the following media types are accepted: {supported}", null);

    public static ApiException UnsupportedMediaType(string supported) =>
        Make(415, StatusReason.UnsupportedMediaType, $"the body of the request was in an unknown format - accepted media types include: {supported}", null);

    public static ApiException TooLarge(string message) => Make(413, StatusReason.RequestEntityTooLarge, message, null);

    public static ApiException Timeout(string message) =>
        Make(504, StatusReason.Timeout, $"Timeout: {message}", new StatusDetails());

    public static ApiException Unavailable(string message) => Make(503, StatusReason.ServiceUnavailable, message, null);

    public static ApiException Internal(string message) =>
        Make(500, StatusReason.InternalError, $"Internal error occurred: {message}", new StatusDetails { Causes = [new StatusCause { Message = message }] });

    public static ApiException Make(int code, string reason, string message, StatusDetails? details) => new(new Status
    {
        ApiVersion = "v1",
        Kind = "Status",
        Metadata = new ListMeta(),
        StatusValue = "Failure",
        Message = message,
        Reason = reason,
        Details = details,
        Code = code,
    });

    private static StatusDetails Details(string group, string kind, string name) => new()
    {
        Name = name.Length == 0 ? null : name,
        Group = group.Length == 0 ? null : group,
        Kind = kind,
    };
}
