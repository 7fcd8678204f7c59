using System.Text;
using Orchestrator.Kubelet.Objects;
using Orchestrator.Kubelet.Pods;

namespace Orchestrator.Kubelet.Containers;

/// <summary>
/// The environment of a container, in Kubernetes' order: services, envFrom, env; a later name wins. $(NAME) in a value sees
/// service variables and variables defined before it.
/// </summary>
internal sealed class EnvironmentBuilder(
    IObjectReader objects, ServiceEnvironment services, KubeletOptions options, Func<IReadOnlyDictionary<string, Quantity>> allocatable)
{
    /// <exception cref="ContainerConfigException">A reference cannot be resolved.</exception>
    public async Task<IReadOnlyList<KeyValuePair<string, string>>> BuildAsync(
        Pod pod, Container container, IReadOnlyList<string> podIps, CancellationToken cancellationToken)
    {
        var result = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var source in container.EnvFrom ?? [])
            await AddAllAsync(result, pod, source, cancellationToken);
        var serviceVariables = await services.ForPodAsync(pod, cancellationToken);
        foreach (var variable in container.Env ?? [])
        {
            if (await ValueOfAsync(pod, container, variable, podIps, result, serviceVariables, cancellationToken) is { } value)
                result[variable.Name!] = value;
        }

        foreach (var (name, value) in serviceVariables)
            result.TryAdd(name, value);
        return [.. result];
    }

    private async Task AddAllAsync(OrderedDictionary<string, string> result, Pod pod, EnvFromSource source, CancellationToken cancellationToken)
    {
        if (source.ConfigMapRef is { Name: { } mapName } configMap)
        {
            var found = await FindAsync<ConfigMap>(pod, mapName, "configmap", configMap.Optional == true, cancellationToken);
            foreach (var (key, value) in found?.Data ?? new Dictionary<string, string>())
                result[source.Prefix + key] = value;
        }
        else if (source.SecretRef is { Name: { } secretName } secret)
        {
            var found = await FindAsync<Secret>(pod, secretName, "secret", secret.Optional == true, cancellationToken);
            foreach (var (key, value) in found?.Data ?? new Dictionary<string, byte[]>())
                result[source.Prefix + key] = Encoding.UTF8.GetString(value);
        }
    }

    /// <returns>Null when an optional reference leads nowhere.</returns>
    private async Task<string?> ValueOfAsync(
        Pod pod, Container container, EnvVar variable, IReadOnlyList<string> podIps, OrderedDictionary<string, string> before,
        IReadOnlyDictionary<string, string> serviceVariables, CancellationToken cancellationToken)
    {
        if (variable.ValueFrom is not { } from)
            return VariableExpansion.Expand(variable.Value ?? "", name => before.TryGetValue(name, out var known) ? known : serviceVariables.GetValueOrDefault(name));
        if (from.FieldRef is { } field)
            return FieldValues.OfPod(pod, field.FieldPath ?? "", options.NodeIp.ToString(), podIps);
        if (from.ResourceFieldRef is { } resource)
            return FieldValues.OfResource(pod, container, resource, allocatable());
        if (from.ConfigMapKeyRef is { Name: { } mapName, Key: { } mapKey } configMap)
        {
            var found = await FindAsync<ConfigMap>(pod, mapName, "configmap", configMap.Optional == true, cancellationToken);
            return Pick(found?.Data, mapKey, $"ConfigMap {pod.Namespace()}/{mapName}", configMap.Optional == true || found is null);
        }

        if (from.SecretKeyRef is { Name: { } secretName, Key: { } secretKey } secret)
        {
            var found = await FindAsync<Secret>(pod, secretName, "secret", secret.Optional == true, cancellationToken);
            var bytes = Pick(found?.Data, secretKey, $"Secret {pod.Namespace()}/{secretName}", secret.Optional == true || found is null);
            return bytes is null ? null : Encoding.UTF8.GetString(bytes);
        }

        throw new ContainerConfigException($"environment variable {variable.Name} has no known source");
    }

    private static T? Pick<T>(IReadOnlyDictionary<string, T>? data, string key, string where, bool optional)
        where T : class
    {
        if (data is not null && data.TryGetValue(key, out var value))
            return value;
        return optional ? null : throw new ContainerConfigException($"couldn't find key {key} in {where}");
    }

    private async Task<T?> FindAsync<T>(Pod pod, string name, string kind, bool optional, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        if (await objects.FindAsync<T>(pod.Namespace(), name, cancellationToken) is { } found)
            return found;
        return optional ? null : throw new ContainerConfigException($"{kind} \"{name}\" not found");
    }
}
