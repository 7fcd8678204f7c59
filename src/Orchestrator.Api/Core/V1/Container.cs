namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.Container")]
public sealed record Container
{
    [Proto(1), Required]
    public string? Name { get; init; }

    [Proto(2)]
    public string? Image { get; init; }

    [Proto(3), ListAtomic]
    public IReadOnlyList<string>? Command { get; init; }

    [Proto(4), ListAtomic]
    public IReadOnlyList<string>? Args { get; init; }

    [Proto(5)]
    public string? WorkingDir { get; init; }

    [Proto(6), ListMap("containerPort", "protocol"), PatchMerge("containerPort")]
    public IReadOnlyList<ContainerPort>? Ports { get; init; }

    [Proto(7), ListMap("name"), PatchMerge("name")]
    public IReadOnlyList<EnvVar>? Env { get; init; }

    [Proto(8)]
    public ResourceRequirements? Resources { get; init; }

    [Proto(9), ListMap("mountPath"), PatchMerge("mountPath")]
    public IReadOnlyList<VolumeMount>? VolumeMounts { get; init; }

    [Proto(10)]
    public Probe? LivenessProbe { get; init; }

    [Proto(11)]
    public Probe? ReadinessProbe { get; init; }

    [Proto(12)]
    public Lifecycle? Lifecycle { get; init; }

    [Proto(13), Default("/dev/termination-log")]
    public string? TerminationMessagePath { get; init; }

    [Proto(14)]
    public string? ImagePullPolicy { get; init; }

    [Proto(15)]
    public SecurityContext? SecurityContext { get; init; }

    [Proto(16)]
    public bool? Stdin { get; init; }

    [Proto(17)]
    public bool? StdinOnce { get; init; }

    [Proto(18)]
    public bool? Tty { get; init; }

    [Proto(19), ListAtomic]
    public IReadOnlyList<EnvFromSource>? EnvFrom { get; init; }

    [Proto(20), Default("File")]
    public string? TerminationMessagePolicy { get; init; }

    [Proto(21), ListMap("devicePath"), PatchMerge("devicePath")]
    public IReadOnlyList<VolumeDevice>? VolumeDevices { get; init; }

    [Proto(22)]
    public Probe? StartupProbe { get; init; }

    [Proto(23), ListAtomic]
    public IReadOnlyList<ContainerResizePolicy>? ResizePolicy { get; init; }

    [Proto(24)]
    public string? RestartPolicy { get; init; }

    [Proto(25), ListAtomic]
    public IReadOnlyList<ContainerRestartRule>? RestartPolicyRules { get; init; }
}
