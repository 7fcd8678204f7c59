namespace Orchestrator.Api.Core.V1;

/// <summary>A container added to a running pod for a look inside.</summary>
[ProtoMessage("k8s.io.api.core.v1.EphemeralContainer")]
public sealed record EphemeralContainer
{
    /// <summary>Name of the object.</summary>
    [Proto(1, 1), Required]
    public string? Name { get; init; }

    /// <summary>Container image.</summary>
    [Proto(1, 2)]
    public string? Image { get; init; }

    /// <summary>Program and first arguments; replaces the image's entrypoint. $(VAR) is expanded.</summary>
    [Proto(1, 3), ListAtomic]
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Arguments of the entrypoint; replaces the image's command. $(VAR) is expanded.</summary>
    [Proto(1, 4), ListAtomic]
    public IReadOnlyList<string>? Args { get; init; }

    /// <summary>Directory the program starts in.</summary>
    [Proto(1, 5)]
    public string? WorkingDir { get; init; }

    /// <summary>Ports in question.</summary>
    [Proto(1, 6), ListMap("containerPort", "protocol"), PatchMerge("containerPort")]
    public IReadOnlyList<ContainerPort>? Ports { get; init; }

    /// <summary>Environment variables.</summary>
    [Proto(1, 7), ListMap("name"), PatchMerge("name")]
    public IReadOnlyList<EnvVar>? Env { get; init; }

    /// <summary>Not allowed on ephemeral containers.</summary>
    [Proto(1, 8)]
    public ResourceRequirements? Resources { get; init; }

    /// <summary>Where volumes of the pod are mounted in the container.</summary>
    [Proto(1, 9), ListMap("mountPath"), PatchMerge("mountPath")]
    public IReadOnlyList<VolumeMount>? VolumeMounts { get; init; }

    /// <summary>Restarts the container when it fails.</summary>
    [Proto(1, 10)]
    public Probe? LivenessProbe { get; init; }

    /// <summary>Takes the pod out of its Services while it fails.</summary>
    [Proto(1, 11)]
    public Probe? ReadinessProbe { get; init; }

    /// <summary>What is run after the start and before the end of the container.</summary>
    [Proto(1, 12)]
    public Lifecycle? Lifecycle { get; init; }

    /// <summary>File from which the container's final message is read.</summary>
    [Proto(1, 13)]
    public string? TerminationMessagePath { get; init; }

    /// <summary>When the image is fetched: Always, IfNotPresent or Never.</summary>
    [Proto(1, 14)]
    public string? ImagePullPolicy { get; init; }

    /// <summary>Rights and identity it runs with.</summary>
    [Proto(1, 15)]
    public SecurityContext? SecurityContext { get; init; }

    /// <summary>Keeps a stdin open for attach.</summary>
    [Proto(1, 16)]
    public bool? Stdin { get; init; }

    /// <summary>Closes stdin after the first attach ends.</summary>
    [Proto(1, 17)]
    public bool? StdinOnce { get; init; }

    /// <summary>Gives the container a terminal; needs stdin.</summary>
    [Proto(1, 18)]
    public bool? Tty { get; init; }

    /// <summary>Sources whose keys all become environment variables.</summary>
    [Proto(1, 19), ListAtomic]
    public IReadOnlyList<EnvFromSource>? EnvFrom { get; init; }

    /// <summary>Where the final message comes from: File or FallbackToLogsOnError.</summary>
    [Proto(1, 20)]
    public string? TerminationMessagePolicy { get; init; }

    /// <summary>Block devices of the container.</summary>
    [Proto(1, 21), ListMap("devicePath"), PatchMerge("devicePath")]
    public IReadOnlyList<VolumeDevice>? VolumeDevices { get; init; }

    /// <summary>Holds back the other probes until it succeeds once.</summary>
    [Proto(1, 22)]
    public Probe? StartupProbe { get; init; }

    /// <summary>Whether a change of a resource restarts the container.</summary>
    [Proto(1, 23), ListAtomic]
    public IReadOnlyList<ContainerResizePolicy>? ResizePolicy { get; init; }

    /// <summary>When it is started again.</summary>
    [Proto(1, 24)]
    public string? RestartPolicy { get; init; }

    /// <summary>Rules that decide by exit code whether the container is started again.</summary>
    [Proto(1, 25), ListAtomic]
    public IReadOnlyList<ContainerRestartRule>? RestartPolicyRules { get; init; }

    /// <summary>Container whose namespaces it joins.</summary>
    [Proto(2)]
    public string? TargetContainerName { get; init; }
}
