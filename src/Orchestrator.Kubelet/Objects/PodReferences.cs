using Orchestrator.Kubelet.Pods;

namespace Orchestrator.Kubelet.Objects;

/// <summary>Which ConfigMaps and Secrets a pod's spec names.</summary>
internal static class PodReferences
{
    public static IReadOnlySet<ObjectReferenceKey> Of(Pod pod)
    {
        var result = new HashSet<ObjectReferenceKey>();
        foreach (var container in pod.AllContainersOf())
            AddEnvironment(container.Spec, Add);
        foreach (var volume in pod.Spec?.Volumes ?? [])
            AddVolume(volume, Add);
        foreach (var secret in pod.Spec?.ImagePullSecrets ?? [])
            Add(typeof(Secret), secret.Name);
        return result;

        void Add(Type kind, string? name)
        {
            if (name is { Length: > 0 })
                result.Add(new(kind, pod.Namespace(), name));
        }
    }

    private static void AddEnvironment(Container container, Action<Type, string?> add)
    {
        foreach (var source in container.EnvFrom ?? [])
        {
            add(typeof(ConfigMap), source.ConfigMapRef?.Name);
            add(typeof(Secret), source.SecretRef?.Name);
        }

        foreach (var variable in container.Env ?? [])
        {
            add(typeof(ConfigMap), variable.ValueFrom?.ConfigMapKeyRef?.Name);
            add(typeof(Secret), variable.ValueFrom?.SecretKeyRef?.Name);
        }
    }

    private static void AddVolume(Volume volume, Action<Type, string?> add)
    {
        add(typeof(ConfigMap), volume.ConfigMap?.Name);
        add(typeof(Secret), volume.Secret?.SecretName);
        foreach (var source in volume.Projected?.Sources ?? [])
        {
            add(typeof(ConfigMap), source.ConfigMap?.Name);
            add(typeof(Secret), source.Secret?.Name);
        }
    }
}
