using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Admission;

/// <summary>
/// Nothing is created in a namespace that does not exist or is going away, and the namespaces the system needs stay.
/// </summary>
internal sealed class NamespaceLifecycleAdmission : IValidatingAdmission, IMutatingAdmission
{
    private static readonly string[] Immortal = ["default", "kube-system", "kube-public"];

    public string Name => "NamespaceLifecycle";

    public bool Handles(AdmissionAttributes attributes) => attributes.Operation switch
    {
        AdmissionOperation.Create => attributes.Definition.Names.Namespaced && attributes.Namespace.Length > 0 && !IsAccessReview(attributes),
        AdmissionOperation.Delete => attributes.Definition.RecordType == typeof(Namespace),
        _ => false,
    };

    /// <summary>Runs first of all, before other steps look for what a missing namespace cannot hold.</summary>
    public ValueTask AdmitAsync(AdmissionAttributes attributes, CancellationToken cancellationToken) => ValidateAsync(attributes, cancellationToken);

    public async ValueTask ValidateAsync(AdmissionAttributes attributes, CancellationToken cancellationToken)
    {
        if (attributes.Operation == AdmissionOperation.Delete)
        {
            if (Immortal.Contains(attributes.Name))
                throw ApiErrors.Forbidden(attributes.Resource, attributes.Name, "this namespace may not be deleted");
            return;
        }

        var reader = attributes.Context.Server.Reader;
        var @namespace = reader.Get<Namespace>("", attributes.Namespace)
            // The cache may be a moment behind a namespace just made.
            ?? await reader.GetLatestAsync<Namespace>("", attributes.Namespace, cancellationToken)
            ?? throw ApiErrors.NotFound(ResourceOf<Namespace>.Resource, attributes.Namespace);
        if (@namespace.Status?.Phase == "Terminating" || @namespace.Metadata.DeletionTimestamp is not null)
            throw Terminating(attributes);
    }

    private static bool IsAccessReview(AdmissionAttributes attributes) => attributes.Resource is { Group: "authorization.k8s.io", Resource: "localsubjectaccessreviews" };

    private static Api.Errors.ApiException Terminating(AdmissionAttributes attributes)
    {
        var why = $"unable to create new content in namespace {attributes.Namespace} because it is being terminated";
        var status = ApiErrors.Forbidden(attributes.Resource, attributes.Name, why).Status;
        var cause = new StatusCause { Reason = StatusCause.NamespaceTerminating, Message = $"namespace {attributes.Namespace} is being terminated", Field = "metadata.namespace" };
        return new Api.Errors.ApiException(status with { Details = (status.Details ?? new StatusDetails()) with { Causes = [cause] } });
    }
}
