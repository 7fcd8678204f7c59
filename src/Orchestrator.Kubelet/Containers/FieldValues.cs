using System.Globalization;
using System.Text;
using Orchestrator.Kubelet.Pods;

namespace Orchestrator.Kubelet.Containers;

/// <summary>Values of fieldRef and resourceFieldRef, for environment variables and downward volumes.</summary>
internal static class FieldValues
{
    /// <exception cref="ContainerConfigException">The path is not one that the downward API knows.</exception>
    public static string OfPod(Pod pod, string fieldPath, string hostIp, IReadOnlyList<string> podIps)
    {
        if (TrySubscript(fieldPath, out var map, out var key))
        {
            return map switch
            {
                "metadata.annotations" => pod.Metadata.Annotations?.GetValueOrDefault(key) ?? "",
                "metadata.labels" => pod.Metadata.Labels?.GetValueOrDefault(key) ?? "",
                _ => throw new ContainerConfigException($"fieldPath \"{fieldPath}\" does not support subscript"),
            };
        }

        return fieldPath switch
        {
            "metadata.name" => pod.Name(),
            "metadata.namespace" => pod.Namespace(),
            "metadata.uid" => pod.Uid(),
            "metadata.labels" => FormatMap(pod.Metadata.Labels),
            "metadata.annotations" => FormatMap(pod.Metadata.Annotations),
            "spec.nodeName" => pod.Spec?.NodeName ?? "",
            "spec.serviceAccountName" => pod.Spec?.ServiceAccountName ?? "",
            "status.hostIP" or "status.hostIPs" => hostIp,
            "status.podIP" => podIps.Count > 0 ? podIps[0] : "",
            "status.podIPs" => string.Join(',', podIps),
            "status.phase" => pod.Status?.Phase ?? "",
            _ => throw new ContainerConfigException($"unsupported fieldPath: {fieldPath}"),
        };
    }

    /// <param name="node">What a limit that is not set counts as: the node's allocatable resources.</param>
    /// <exception cref="ContainerConfigException">The container or resource is unknown.</exception>
    public static string OfResource(Pod pod, Container container, ResourceFieldSelector selector, IReadOnlyDictionary<string, Quantity> node)
    {
        var resource = selector.Resource ?? "";
        var target = selector.ContainerName is { Length: > 0 } name
            ? pod.FindContainer(name)?.Spec ?? throw new ContainerConfigException($"container {name} not found")
            : container;
        var (kind, resourceName) = resource.IndexOf('.', StringComparison.Ordinal) is var dot and > 0
            ? (resource[..dot], resource[(dot + 1)..])
            : ("", resource);
        var quantity = kind switch
        {
            "limits" => target.Resources?.Limits?.TryGetValue(resourceName, out var limit) == true ? limit : node.GetValueOrDefault(resourceName),
            "requests" => target.Resources?.Requests?.TryGetValue(resourceName, out var request) == true ? request : default,
            _ => throw new ContainerConfigException($"unsupported container resource : {resource}"),
        };
        return Divide(quantity, selector.Divisor, resourceName);
    }

    /// <summary>"key=\"value\"" lines, sorted, values escaped as Go does it (%q), without a newline at the end.</summary>
    public static string FormatMap(IReadOnlyDictionary<string, string>? map)
    {
        var result = new StringBuilder();
        foreach (var (key, value) in (map ?? new Dictionary<string, string>()).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (result.Length > 0)
                result.Append('\n');
            result.Append(key).Append('=').Append('"');
            AppendQuoted(result, value);
            result.Append('"');
        }

        return result.ToString();
    }

    private static void AppendQuoted(StringBuilder result, string value)
    {
        foreach (var character in value)
        {
            _ = character switch
            {
                '"' => result.Append("\\\""),
                '\\' => result.Append("\\\\"),
                '\n' => result.Append("\\n"),
                '\r' => result.Append("\\r"),
                '\t' => result.Append("\\t"),
                < ' ' or '\x7f' => result.Append("\\x").Append(((int)character).ToString("x2", CultureInfo.InvariantCulture)),
                _ => result.Append(character),
            };
        }
    }

    /// <summary>Rounded up to whole divisors; the divisor of an unset field is 1.</summary>
    private static string Divide(Quantity quantity, Quantity? divisor, string resource)
    {
        var by = divisor is { IsZero: false } given ? given : Quantity.FromValue(1);
        var result = resource == "cpu"
            ? DivideRoundingUp(quantity.MilliValue, Math.Max(by.MilliValue, 1))
            : DivideRoundingUp(quantity.Value, Math.Max(by.Value, 1));
        return result.ToString(CultureInfo.InvariantCulture);
    }

    private static long DivideRoundingUp(long value, long divisor) => (value + divisor - 1) / divisor;

    private static bool TrySubscript(string fieldPath, out string map, out string key)
    {
        (map, key) = ("", "");
        if (!fieldPath.EndsWith("']", StringComparison.Ordinal) || fieldPath.IndexOf("['", StringComparison.Ordinal) is not (var open and > 0))
            return false;
        map = fieldPath[..open];
        key = fieldPath[(open + 2)..^2];
        return true;
    }
}
