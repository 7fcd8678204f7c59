namespace Orchestrator.Kubelet.Pods;

internal enum ContainerKind
{
    /// <summary>Runs to its end before the next one starts.</summary>
    Init,

    /// <summary>An init container with restartPolicy Always: started in order, then kept running beside the app containers.</summary>
    Sidecar,

    App,
    Ephemeral,
}

/// <summary>One container of a pod's spec, whichever list it stands in.</summary>
internal sealed record PodContainer(Container Spec, ContainerKind Kind, string? TargetContainerName = null)
{
    public string Name => Spec.Name!;

    /// <summary>The field an Event about this container points at.</summary>
    public string FieldPath => Kind switch
    {
        ContainerKind.Init or ContainerKind.Sidecar => $"spec.initContainers{{{Name}}}",
        ContainerKind.Ephemeral => $"spec.ephemeralContainers{{{Name}}}",
        _ => $"spec.containers{{{Name}}}",
    };
}

internal static class PodSpecExtensions
{
    public const string RestartAlways = "Always";
    public const string RestartOnFailure = "OnFailure";
    public const string RestartNever = "Never";

    public static IEnumerable<PodContainer> InitContainersOf(this Pod pod)
    {
        foreach (var container in pod.Spec?.InitContainers ?? [])
            yield return new(container, container.RestartPolicy == RestartAlways ? ContainerKind.Sidecar : ContainerKind.Init);
    }

    public static IEnumerable<PodContainer> AppContainersOf(this Pod pod)
    {
        foreach (var container in pod.Spec?.Containers ?? [])
            yield return new(container, ContainerKind.App);
    }

    public static IEnumerable<PodContainer> EphemeralContainersOf(this Pod pod)
    {
        foreach (var container in pod.Spec?.EphemeralContainers ?? [])
            yield return new(ToContainer(container), ContainerKind.Ephemeral, container.TargetContainerName);
    }

    public static IEnumerable<PodContainer> AllContainersOf(this Pod pod) =>
        pod.InitContainersOf().Concat(pod.AppContainersOf()).Concat(pod.EphemeralContainersOf());

    public static PodContainer? FindContainer(this Pod pod, string name)
    {
        foreach (var container in pod.AllContainersOf())
        {
            if (container.Name == name)
                return container;
        }

        return null;
    }

    public static string RestartPolicyOf(this Pod pod) => pod.Spec?.RestartPolicy ?? RestartAlways;

    public static string Uid(this Pod pod) => pod.Metadata.Uid ?? "";

    public static string Namespace(this Pod pod) => pod.Metadata.Namespace ?? "default";

    public static string Name(this Pod pod) => pod.Metadata.Name ?? "";

    /// <summary>"name_namespace(uid)", the form Kubernetes uses in messages.</summary>
    public static string FormatForMessages(this Pod pod) => $"{pod.Name()}_{pod.Namespace()}({pod.Uid()})";

    public static bool IsHostNetwork(this Pod pod) => pod.Spec?.HostNetwork == true;

    public static bool IsTerminalPhase(this PodStatus? status) => status?.Phase is PodPhase.Succeeded or PodPhase.Failed;

    private static Container ToContainer(EphemeralContainer container) => new()
    {
        Name = container.Name, Image = container.Image, Command = container.Command, Args = container.Args,
        WorkingDir = container.WorkingDir, Env = container.Env, EnvFrom = container.EnvFrom, Resources = container.Resources,
        VolumeMounts = container.VolumeMounts, TerminationMessagePath = container.TerminationMessagePath,
        TerminationMessagePolicy = container.TerminationMessagePolicy, ImagePullPolicy = container.ImagePullPolicy,
        SecurityContext = container.SecurityContext, Stdin = container.Stdin, StdinOnce = container.StdinOnce, Tty = container.Tty,
    };
}

internal static class PodPhase
{
    public const string Pending = nameof(Pending);
    public const string Running = nameof(Running);
    public const string Succeeded = nameof(Succeeded);
    public const string Failed = nameof(Failed);
}
