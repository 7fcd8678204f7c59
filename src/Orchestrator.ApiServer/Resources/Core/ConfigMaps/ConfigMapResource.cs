using System.Text;
using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Tables;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Resources.Core.ConfigMaps;

internal static class ConfigMapResource
{
    public static ResourceDefinition Definition { get; } = ResourceDefinition.For<ConfigMap>() with
    {
        Strategy = new ConfigMapStrategy(),
        Columns =
        [
            Column.NameColumn,
            Column.Of<ConfigMap>("Data", "string", 0, map => $"{(map.Data?.Count ?? 0) + (map.BinaryData?.Count ?? 0)}", "Number of entries."),
            Column.AgeColumn,
        ],
    };
}

/// <summary>Config maps: small, and unchangeable once they say so.</summary>
internal sealed class ConfigMapStrategy : ResourceStrategy<ConfigMap>
{
    private const int MaxBytes = 1024 * 1024;

    protected override void Validate(ConfigMap item, FieldErrors errors)
    {
        long total = 0;
        foreach (var (key, value) in item.Data ?? new Dictionary<string, string>())
        {
            if (ConfigKeyRules.Fault(key) is { } fault)
                errors.Invalid(FieldPath.Of("data").Key(key), key, fault);
            if (item.BinaryData?.ContainsKey(key) == true)
                errors.Invalid(FieldPath.Of("data").Key(key), key, "duplicate of key present in binaryData");
            total += Encoding.UTF8.GetByteCount(value ?? "");
        }

        foreach (var (key, value) in item.BinaryData ?? new Dictionary<string, byte[]>())
        {
            if (ConfigKeyRules.Fault(key) is { } fault)
                errors.Invalid(FieldPath.Of("binaryData").Key(key), key, fault);
            total += value.Length;
        }

        if (total > MaxBytes)
            errors.TooLong(FieldPath.Of(""), MaxBytes);
    }

    protected override void ValidateChange(ConfigMap item, ConfigMap old, FieldErrors errors)
    {
        if (old.Immutable != true)
            return;
        if (item.Immutable != true)
            errors.Forbidden(FieldPath.Of("immutable"), "field is immutable when `immutable` is set");
        if (!SameEntries.Text(item.Data, old.Data))
            errors.Forbidden(FieldPath.Of("data"), "field is immutable when `immutable` is set");
        if (!SameEntries.Bytes(item.BinaryData, old.BinaryData))
            errors.Forbidden(FieldPath.Of("binaryData"), "field is immutable when `immutable` is set");
    }
}
