using Orchestrator.Api;
using Orchestrator.Api.Core.V1;

namespace Orchestrator.Client.Events;

/// <summary>
/// Tells users what happened to an object, as <c>kubectl describe</c> shows it. Never blocks and never fails: what cannot be written
/// soon is dropped, for an Event is a courtesy and nothing may depend on it.
/// </summary>
public interface IEventRecorder
{
    /// <param name="type">One of <see cref="EventTypes"/>.</param>
    /// <param name="reason">One word in UpperCamelCase that programs may match.</param>
    void Record(ObjectReference about, string type, string reason, string message);
}

public static class EventTypes
{
    public const string Normal = nameof(Normal);
    public const string Warning = nameof(Warning);
}

public static class EventRecorderExtensions
{
    public static void Normal(this IEventRecorder recorder, KubernetesObject about, string reason, string message) =>
        recorder.Record(about.ToReference(), EventTypes.Normal, reason, message);

    public static void Warning(this IEventRecorder recorder, KubernetesObject about, string reason, string message) =>
        recorder.Record(about.ToReference(), EventTypes.Warning, reason, message);

    public static ObjectReference ToReference(this KubernetesObject item) => new()
    {
        ApiVersion = item.ApiVersion, Kind = item.Kind, Namespace = item.Metadata.Namespace, Name = item.Metadata.Name,
        Uid = item.Metadata.Uid, ResourceVersion = item.Metadata.ResourceVersion,
    };
}
