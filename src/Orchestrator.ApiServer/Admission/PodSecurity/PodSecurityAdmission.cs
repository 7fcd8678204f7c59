using Orchestrator.Api.Apps.V1;
using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Admission.PodSecurity;

/// <summary>
/// Holds pods to the Pod Security Standard that labels of their namespace name: enforce refuses pods, warn and audit also look at
/// the templates of workloads.
/// </summary>
internal sealed class PodSecurityAdmission : IValidatingAdmission
{
    private const string Prefix = "pod-security.kubernetes.io/";

    public string Name => "PodSecurity";

    public bool Handles(AdmissionAttributes attributes) =>
        attributes.Operation is AdmissionOperation.Create or AdmissionOperation.Update
        && (attributes.Is<Pod>() || attributes.Is<Deployment>() || attributes.Is<ReplicaSet>() || attributes.Is<PodTemplate>()
            || attributes.Definition.RecordType == typeof(Pod) && attributes.Subresource == "ephemeralcontainers");

    public ValueTask ValidateAsync(AdmissionAttributes attributes, CancellationToken cancellationToken)
    {
        var labels = attributes.Context.Server.Reader.Get<Namespace>("", attributes.Namespace)?.Metadata.Labels;
        if (labels is null || SpecOf(attributes) is not { } spec)
            return default;
        var isPod = attributes.Definition.RecordType == typeof(Pod);
        if (isPod && LevelOf(labels, "enforce") is var (level, version) && Faults(level, spec) is { Count: > 0 } refused)
            throw ApiErrors.Forbidden(attributes.Resource, attributes.Name, $"violates PodSecurity \"{level}:{version}\": {string.Join(", ", refused)}");
        if (LevelOf(labels, "warn") is var (warnLevel, warnVersion) && Faults(warnLevel, spec) is { Count: > 0 } warned)
            attributes.Warn($"would violate PodSecurity \"{warnLevel}:{warnVersion}\": {string.Join(", ", warned)}");
        if (LevelOf(labels, "audit") is var (auditLevel, auditVersion) && Faults(auditLevel, spec) is { Count: > 0 } noted)
            attributes.Context.AuditAnnotations[Prefix + "audit-violations"] = $"would violate PodSecurity \"{auditLevel}:{auditVersion}\": {string.Join(", ", noted)}";
        return default;
    }

    private static List<string> Faults(string level, PodSpec spec) => level switch
    {
        "baseline" => PodSecurityChecks.Baseline(spec),
        "restricted" => PodSecurityChecks.Restricted(spec),
        _ => [],
    };

    private static (string Level, string Version)? LevelOf(IReadOnlyDictionary<string, string> labels, string mode) =>
        labels.TryGetValue(Prefix + mode, out var level) ? (level, labels.GetValueOrDefault($"{Prefix}{mode}-version", "latest")) : null;

    private static PodSpec? SpecOf(AdmissionAttributes attributes) => attributes.Definition.RecordType switch
    {
        var type when type == typeof(Pod) => attributes.Object!.As<Pod>().Spec,
        var type when type == typeof(Deployment) => attributes.Object!.As<Deployment>().Spec?.Template?.Spec,
        var type when type == typeof(ReplicaSet) => attributes.Object!.As<ReplicaSet>().Spec?.Template?.Spec,
        _ => attributes.Object!.As<PodTemplate>().Template?.Spec,
    };
}
