using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Resources.Core.Pods.Subresources;

/// <summary>pods/binding and bindings: the scheduler's decision. Node and condition are set in one write.</summary>
internal sealed class BindingHandler : ICreateHandler
{
    /// <summary>The view of pods that may set the node; for writes within the server only.</summary>
    public const string View = "assignment";

    public async ValueTask<CreateResult> CreateAsync(RequestContext context, ApiObject body, CancellationToken cancellationToken)
    {
        var binding = body.As<Binding>();
        var name = context.Info.Resource == "pods" ? context.Info.Name : body.Name;
        Validate(binding, name);
        await context.Server.Writer.On(context).UpdateAsync<Pod>(
            context.Info.Namespace, name, View, pod => Assign(pod, binding, context), context.User, cancellationToken);
        return Statuses.Created;
    }

    private static void Validate(Binding binding, string name)
    {
        var errors = new FieldErrors();
        var path = FieldPath.Of("target");
        if (binding.Target?.Kind is { Length: > 0 } kind && kind != "Node")
            errors.NotSupported(path.Child("kind"), kind, "Node", "<empty>");
        if (string.IsNullOrEmpty(binding.Target?.Name))
            errors.Required(path.Child("name"));
        if (errors.Count > 0)
            throw ApiErrors.Invalid(ResourceOf<Binding>.Kind, name, errors);
        if (binding.Metadata.Name is { Length: > 0 } given && given != name)
            throw ApiErrors.BadRequest($"name in URL does not match name in Binding object");
    }

    private static Pod Assign(Pod pod, Binding binding, RequestContext context)
    {
        var name = pod.Metadata.Name!;
        if (binding.Metadata.Uid is { Length: > 0 } uid && uid != pod.Metadata.Uid)
            throw Conflict(name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {pod.Metadata.Uid}");
        if (pod.Metadata.DeletionTimestamp is not null)
            throw Conflict(name, $"pod {name} is being deleted, cannot be assigned to a host");
        if (pod.Spec?.NodeName is { Length: > 0 } node)
            throw Conflict(name, $"pod {name} is already assigned to node \"{node}\"");
        if (pod.Spec?.SchedulingGates is { Count: > 0 })
            throw Conflict(name, $"pod {name} has non-empty .spec.schedulingGates");
        var scheduled = new PodCondition { Type = "PodScheduled", Status = "True", LastTransitionTime = context.Server.Time.GetUtcNow() };
        return pod with
        {
            Metadata = binding.Metadata.Annotations is { Count: > 0 } annotations
                ? pod.Metadata with { Annotations = Merge(pod.Metadata.Annotations, annotations) }
                : pod.Metadata,
            Spec = (pod.Spec ?? new PodSpec()) with { NodeName = binding.Target!.Name },
            Status = (pod.Status ?? new PodStatus()) with
            {
                NominatedNodeName = null,
                Conditions = [.. (pod.Status?.Conditions ?? []).Where(condition => condition.Type != "PodScheduled"), scheduled],
            },
        };
    }

    private static Dictionary<string, string> Merge(IReadOnlyDictionary<string, string>? own, IReadOnlyDictionary<string, string> added)
    {
        var merged = new Dictionary<string, string>(own ?? new Dictionary<string, string>());
        foreach (var (key, value) in added)
            merged[key] = value;
        return merged;
    }

    private static Api.Errors.ApiException Conflict(string name, string why) => ApiErrors.Conflict(new GroupVersionResource("", "v1", "pods/binding"), name, why);
}

/// <summary>Sets the node of a pod; everything else is checked by the handler.</summary>
internal sealed class PodAssignmentStrategy : ResourceStrategy<Pod>;
