using Orchestrator.Client.Events;
using Orchestrator.Kubelet.Pods;

namespace Orchestrator.Kubelet.Events;

/// <summary>Pod Events by way of the client's recorder; a container is named by the field of the spec it stands in.</summary>
internal sealed class PodEvents(IEventRecorder recorder) : IPodEvents
{
    public void Normal(Pod pod, string reason, string message, PodContainer? container = null) =>
        recorder.Record(ReferenceTo(pod, container), EventTypes.Normal, reason, message);

    public void Warning(Pod pod, string reason, string message, PodContainer? container = null) =>
        recorder.Record(ReferenceTo(pod, container), EventTypes.Warning, reason, message);

    private static ObjectReference ReferenceTo(Pod pod, PodContainer? container) => new()
    {
        ApiVersion = "v1", Kind = "Pod", Namespace = pod.Namespace(), Name = pod.Name(), Uid = pod.Uid(),
        ResourceVersion = pod.Metadata.ResourceVersion, FieldPath = container?.FieldPath,
    };
}
