namespace Orchestrator.Api.Core.V1;

/// <summary>One container of a pod.</summary>
[ProtoMessage("k8s.io.api.core.v1.Container")]
public sealed record Container
{
    /// <summary>Name of the container, unique in the pod.</summary>
    [Proto(1), Required]
    public string? Name { get; init; }

    /// <summary>Container image.</summary>
    [Proto(2)]
    public string? Image { get; init; }

    /// <summary>Program and first arguments; replaces the image's entrypoint. $(VAR) is expanded.</summary>
    [Proto(3), ListAtomic]
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Arguments of the entrypoint; replaces the image's command. $(VAR) is expanded.</summary>
    [Proto(4), ListAtomic]
    public IReadOnlyList<string>? Args { get; init; }

    /// <summary>Directory the program starts in.</summary>
    [Proto(5)]
    public string? WorkingDir { get; init; }

    /// <summary>Ports in question.</summary>
    [Proto(6), ListMap("containerPort", "protocol"), PatchMerge("containerPort")]
    public IReadOnlyList<ContainerPort>? Ports { get; init; }

    /// <summary>Environment variables.</summary>
    [Proto(7), ListMap("name"), PatchMerge("name")]
    public IReadOnlyList<EnvVar>? Env { get; init; }

    /// <summary>Requests and limits.</summary>
    [Proto(8)]
    public ResourceRequirements? Resources { get; init; }

    /// <summary>Where volumes of the pod are mounted in the container.</summary>
    [Proto(9), ListMap("mountPath"), PatchMerge("mountPath")]
    public IReadOnlyList<VolumeMount>? VolumeMounts { get; init; }

    /// <summary>Restarts the container when it fails.</summary>
    [Proto(10)]
    public Probe? LivenessProbe { get; init; }

    /// <summary>Takes the pod out of its Services while it fails.</summary>
    [Proto(11)]
    public Probe? ReadinessProbe { get; init; }

    /// <summary>What is run after the start and before the end of the container.</summary>
    [Proto(12)]
    public Lifecycle? Lifecycle { get; init; }

    /// <summary>File from which the container's final message is read.</summary>
    [Proto(13), Default("/dev/termination-log")]
    public string? TerminationMessagePath { get; init; }

    /// <summary>When the image is fetched: Always, IfNotPresent or Never.</summary>
    [Proto(14)]
    public string? ImagePullPolicy { get; init; }

    /// <summary>Rights and identity it runs with.</summary>
    [Proto(15)]
    public SecurityContext? SecurityContext { get; init; }

    /// <summary>Keeps a stdin open for attach.</summary>
    [Proto(16)]
    public bool? Stdin { get; init; }

    /// <summary>Closes stdin after the first attach ends.</summary>
    [Proto(17)]
    public bool? StdinOnce { get; init; }

    /// <summary>Gives the container a terminal; needs stdin.</summary>
    [Proto(18)]
    public bool? Tty { get; init; }

    /// <summary>Sources whose keys all become environment variables.</summary>
    [Proto(19), ListAtomic]
    public IReadOnlyList<EnvFromSource>? EnvFrom { get; init; }

    /// <summary>Where the final message comes from: File or FallbackToLogsOnError.</summary>
    [Proto(20), Default("File")]
    public string? TerminationMessagePolicy { get; init; }

    /// <summary>Block devices of the container.</summary>
    [Proto(21), ListMap("devicePath"), PatchMerge("devicePath")]
    public IReadOnlyList<VolumeDevice>? VolumeDevices { get; init; }

    /// <summary>Holds back the other probes until it succeeds once.</summary>
    [Proto(22)]
    public Probe? StartupProbe { get; init; }

    /// <summary>Whether a change of a resource restarts the container.</summary>
    [Proto(23), ListAtomic]
    public IReadOnlyList<ContainerResizePolicy>? ResizePolicy { get; init; }

    /// <summary>Overrides the pod's policy; Always makes an init container a sidecar.</summary>
    [Proto(24)]
    public string? RestartPolicy { get; init; }

    /// <summary>Rules that decide by exit code whether the container is started again.</summary>
    [Proto(25), ListAtomic]
    public IReadOnlyList<ContainerRestartRule>? RestartPolicyRules { get; init; }
}
