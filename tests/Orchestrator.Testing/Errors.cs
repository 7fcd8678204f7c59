using Orchestrator.Api;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Testing;

/// <summary>The refusals of an API server.</summary>
public static class Errors
{
    public static ApiException NotFound(GroupVersionResource resource, string name) =>
        Make(404, StatusReason.NotFound, $"{resource.QualifiedResource} \"{name}\" not found");

    public static ApiException AlreadyExists(GroupVersionResource resource, string name) =>
        Make(409, StatusReason.AlreadyExists, $"{resource.QualifiedResource} \"{name}\" already exists");

    public static ApiException Conflict(GroupVersionResource resource, string name) =>
        Make(409, StatusReason.Conflict,
            $"Operation cannot be fulfilled on {resource.QualifiedResource} \"{name}\": the object has been modified; please apply your changes to the latest version and try again");

    public static ApiException Gone() => Make(410, StatusReason.Expired, "too old resource version");

    public static ApiException Unavailable() => Make(503, StatusReason.ServiceUnavailable, "the server is down");

    public static ApiException Forbidden(string message) => Make(403, StatusReason.Forbidden, message);

    public static ApiException NamespaceTerminating(string name)
    {
        var refusal = Forbidden($"unable to create new content in namespace {name} because it is being terminated");
        return new(refusal.Status with { Details = new StatusDetails { Causes = [new StatusCause { Reason = StatusCause.NamespaceTerminating }] } });
    }

    public static ApiException Make(int code, string reason, string message) =>
        new(new Status { StatusValue = "Failure", Kind = "Status", ApiVersion = "v1", Code = code, Reason = reason, Message = message });
}
