using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Resources.Core.Pods.Validation;

/// <summary>Checks environment variables and their sources.</summary>
internal static class EnvironmentRules
{
    private static readonly string[] FieldPaths =
    [
        "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs",
        "status.podIP", "status.podIPs",
    ];

    private static readonly string[] Resources =
        ["limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"];

    private const string NameFault =
        "a valid environment variable name must consist only of printable ASCII characters other than '='";

    public static void Check(IReadOnlyList<EnvVar>? variables, IReadOnlyList<EnvFromSource>? sources, FieldPath path, FieldErrors errors)
    {
        for (var i = 0; i < variables?.Count; i++)
            Check(variables[i], path.Child("env").Index(i), errors);
        for (var i = 0; i < sources?.Count; i++)
            Check(sources[i], path.Child("envFrom").Index(i), errors);
    }

    public static void CheckFieldReference(ObjectFieldSelector reference, FieldPath path, FieldErrors errors, bool inVolume = false)
    {
        if (string.IsNullOrEmpty(reference.ApiVersion))
            errors.Required(path.Child("apiVersion"));
        if (string.IsNullOrEmpty(reference.FieldPath))
        {
            errors.Required(path.Child("fieldPath"));
            return;
        }

        if (IsSubscript(reference.FieldPath) || inVolume && reference.FieldPath is "metadata.labels" or "metadata.annotations" or "metadata.name" or "metadata.namespace" or "metadata.uid")
            return;
        if (inVolume || !FieldPaths.Contains(reference.FieldPath))
            errors.NotSupported(path.Child("fieldPath"), reference.FieldPath,
                inVolume ? ["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"] : FieldPaths);
    }

    public static void CheckResourceReference(ResourceFieldSelector reference, FieldPath path, FieldErrors errors, bool inVolume = false)
    {
        if (inVolume && string.IsNullOrEmpty(reference.ContainerName))
            errors.Required(path.Child("containerName"));
        if (string.IsNullOrEmpty(reference.Resource))
            errors.Required(path.Child("resource"));
        else if (!Resources.Contains(reference.Resource) && !reference.Resource.Contains(".hugepages-", StringComparison.Ordinal))
            errors.NotSupported(path.Child("resource"), reference.Resource, Resources);
    }

    /// <summary><c>metadata.labels['app']</c> and <c>metadata.annotations['note']</c>.</summary>
    private static bool IsSubscript(string fieldPath) =>
        fieldPath.EndsWith("']", StringComparison.Ordinal)
            && (fieldPath.StartsWith("metadata.labels['", StringComparison.Ordinal) || fieldPath.StartsWith("metadata.annotations['", StringComparison.Ordinal));

    private static void Check(EnvVar variable, FieldPath path, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(variable.Name))
            errors.Required(path.Child("name"));
        else if (!IsName(variable.Name))
            errors.Invalid(path.Child("name"), variable.Name, NameFault);
        if (variable.ValueFrom is not { } source)
            return;
        var count = Count(source);
        if (count == 0)
            errors.Invalid(path.Child("valueFrom"), "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`");
        else if (variable.Value is { Length: > 0 })
            errors.Invalid(path.Child("valueFrom"), "", "may not be specified when `value` is not empty");
        else if (count > 1)
            errors.Invalid(path.Child("valueFrom"), "", "may not have more than one field specified at a time");
        if (source.FieldRef is { } field)
            CheckFieldReference(field, path.Child("valueFrom", "fieldRef"), errors);
        if (source.ResourceFieldRef is { } resource)
            CheckResourceReference(resource, path.Child("valueFrom", "resourceFieldRef"), errors);
        if (source.ConfigMapKeyRef is { } configMap)
            CheckKeyReference(configMap.Name, configMap.Key, path.Child("valueFrom", "configMapKeyRef"), errors);
        if (source.SecretKeyRef is { } secret)
            CheckKeyReference(secret.Name, secret.Key, path.Child("valueFrom", "secretKeyRef"), errors);
    }

    private static int Count(EnvVarSource source) =>
        (source.FieldRef is null ? 0 : 1) + (source.ResourceFieldRef is null ? 0 : 1) + (source.ConfigMapKeyRef is null ? 0 : 1)
            + (source.SecretKeyRef is null ? 0 : 1) + (source.FileKeyRef is null ? 0 : 1);

    private static void CheckKeyReference(string? name, string? key, FieldPath path, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(name))
            errors.Required(path.Child("name"));
        if (string.IsNullOrEmpty(key))
            errors.Required(path.Child("key"));
        else if (ConfigKeyRules.Fault(key) is { } fault)
            errors.Invalid(path.Child("key"), key, fault);
    }

    private static void Check(EnvFromSource source, FieldPath path, FieldErrors errors)
    {
        if (source.Prefix is { Length: > 0 } prefix && !IsName(prefix))
            errors.Invalid(path.Child("prefix"), prefix, NameFault);
        if (source.ConfigMapRef is null && source.SecretRef is null)
            errors.Invalid(path, "", "must specify one of: `configMapRef` or `secretRef`");
        else if (source.ConfigMapRef is not null && source.SecretRef is not null)
            errors.Invalid(path, "", "may not have more than one field specified at a time");
        if (source.ConfigMapRef is { } configMap && string.IsNullOrEmpty(configMap.Name))
            errors.Required(path.Child("configMapRef", "name"));
        if (source.SecretRef is { } secret && string.IsNullOrEmpty(secret.Name))
            errors.Required(path.Child("secretRef", "name"));
    }

    private static bool IsName(string name)
    {
        foreach (var letter in name)
        {
            if (letter is < ' ' or > '~' or '=')
                return false;
        }

        return true;
    }
}
