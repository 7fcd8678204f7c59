using Orchestrator.Api.Core.V1;

namespace Orchestrator.ApiServer.Authorization.Nodes;

/// <summary>The secrets, config maps and claims of its namespace that a pod names.</summary>
internal static class PodReferences
{
    public const string Secrets = "secrets";
    public const string ConfigMaps = "configmaps";
    public const string Claims = "persistentvolumeclaims";

    public static bool Includes(PodSpec spec, string podName, string resource, string name)
    {
        foreach (var reference in Of(spec, podName))
        {
            if (reference.Name == name && reference.Resource == resource)
                return true;
        }

        return false;
    }

    /// <summary>Each reference; the name is null where the pod leaves it open.</summary>
    public static IEnumerable<(string Resource, string? Name)> Of(PodSpec spec, string podName)
    {
        foreach (var secret in spec.ImagePullSecrets ?? [])
            yield return (Secrets, secret.Name);
        var environments = (spec.InitContainers ?? []).Select(container => (container.Env, container.EnvFrom))
            .Concat((spec.Containers ?? []).Select(container => (container.Env, container.EnvFrom)))
            .Concat((spec.EphemeralContainers ?? []).Select(container => (container.Env, container.EnvFrom)));
        foreach (var (variables, sources) in environments)
        {
            foreach (var source in sources ?? [])
            {
                yield return (ConfigMaps, source.ConfigMapRef?.Name);
                yield return (Secrets, source.SecretRef?.Name);
            }

            foreach (var variable in variables ?? [])
            {
                yield return (ConfigMaps, variable.ValueFrom?.ConfigMapKeyRef?.Name);
                yield return (Secrets, variable.ValueFrom?.SecretKeyRef?.Name);
            }
        }

        foreach (var volume in spec.Volumes ?? [])
        {
            foreach (var reference in Of(volume, podName))
                yield return reference;
        }
    }

    private static IEnumerable<(string Resource, string? Name)> Of(Volume volume, string podName)
    {
        yield return (Secrets, volume.Secret?.SecretName);
        yield return (ConfigMaps, volume.ConfigMap?.Name);
        yield return (Claims, volume.PersistentVolumeClaim?.ClaimName);
        if (volume.Ephemeral is not null)
            yield return (Claims, $"{podName}-{volume.Name}");
        yield return (Secrets, volume.Csi?.NodePublishSecretRef?.Name);
        foreach (var source in volume.Projected?.Sources ?? [])
        {
            yield return (Secrets, source.Secret?.Name);
            yield return (ConfigMaps, source.ConfigMap?.Name);
        }
    }
}
