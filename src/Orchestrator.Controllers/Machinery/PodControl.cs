using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Client;
using Orchestrator.Client.Events;

namespace Orchestrator.Controllers.Machinery;

/// <summary>Creates and deletes pods for a controller object and tells so in Events about it.</summary>
internal sealed class PodControl(IApiClient client, IEventRecorder events)
{
    public async Task<Pod> CreateAsync<TOwner>(TOwner owner, PodTemplateSpec template, CancellationToken cancellationToken)
        where TOwner : KubernetesObject
    {
        var pod = new Pod
        {
            Metadata = new ObjectMeta
            {
                GenerateName = owner.Metadata.Name + "-", Namespace = owner.Metadata.Namespace, Labels = template.Metadata?.Labels,
                Annotations = template.Metadata?.Annotations, Finalizers = template.Metadata?.Finalizers,
                OwnerReferences = [Owners.ControllerReference(owner)],
            },
            Spec = template.Spec,
        };
        try
        {
            var created = await client.CreateAsync(pod, cancellationToken);
            events.Normal(owner, "SuccessfulCreate", $"Created pod: {created.Metadata.Name}");
            return created;
        }
        catch (ApiException e) when (!e.IsNamespaceTerminating)
        {
            events.Warning(owner, "FailedCreate", $"Error creating: {e.Message}");
            throw;
        }
    }

    public async Task DeleteAsync<TOwner>(TOwner owner, Pod pod, CancellationToken cancellationToken)
        where TOwner : KubernetesObject
    {
        var options = new DeleteOptions { Preconditions = new Preconditions { Uid = pod.Metadata.Uid } };
        try
        {
            if (await client.DeleteAsync<Pod>(pod.Metadata.Namespace, pod.Metadata.Name!, options, cancellationToken))
                events.Normal(owner, "SuccessfulDelete", $"Deleted pod: {pod.Metadata.Name}");
        }
        catch (ApiException e) when (e.Reason == StatusReason.Conflict)
        {
            // Another pod of that name: the one meant is gone.
        }
        catch (ApiException e)
        {
            events.Warning(owner, "FailedDelete", $"Error deleting: {e.Message}");
            throw;
        }
    }
}
