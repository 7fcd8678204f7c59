using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Resources.Core.ConfigMaps;
using Orchestrator.ApiServer.Tables;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Resources.Core.Secrets;

internal static class SecretResource
{
    public static ResourceDefinition Definition { get; } = ResourceDefinition.For<Secret>() with
    {
        Strategy = new SecretStrategy(),
        SelectableFields = [new SelectableField("type")],
        Columns =
        [
            Column.NameColumn,
            Column.Of<Secret>("Type", "string", 0, secret => secret.Type, "What the secret is for."),
            Column.Of<Secret>("Data", "string", 0, secret => $"{secret.Data?.Count ?? 0}", "Number of entries."),
            Column.AgeColumn,
        ],
    };
}

/// <summary>Secrets: types with required entries, and unchangeable once they say so.</summary>
internal sealed class SecretStrategy : ResourceStrategy<Secret>
{
    private const int MaxBytes = 1024 * 1024;
    private const string ServiceAccountName = "kubernetes.io/service-account.name";

    /// <summary>stringData is for writing only: it ends up in data.</summary>
    public override void SetDefaults(JsonObject document)
    {
        if (document.Child("stringData") is { } texts)
        {
            var data = document.ChildOrNew("data");
            foreach (var (key, value) in texts)
                data[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value is JsonValue text && text.TryGetValue<string>(out var plain) ? plain : ""));
            document.Remove("stringData");
        }

        document.Default("type", "Opaque");
    }

    protected override void Validate(Secret item, FieldErrors errors)
    {
        var path = FieldPath.Of("data");
        long total = 0;
        foreach (var (key, value) in item.Data ?? new Dictionary<string, byte[]>())
        {
            if (ConfigKeyRules.Fault(key) is { } fault)
                errors.Invalid(path.Key(key), key, fault);
            total += value?.Length ?? 0;
        }

        if (total > MaxBytes)
            errors.TooLong(path, MaxBytes);
        CheckType(item, path, errors);
    }

    protected override void ValidateChange(Secret item, Secret old, FieldErrors errors)
    {
        if (item.Type != old.Type)
            errors.Invalid(FieldPath.Of("type"), item.Type, "field is immutable");
        if (old.Immutable != true)
            return;
        if (item.Immutable != true)
            errors.Forbidden(FieldPath.Of("immutable"), "field is immutable when `immutable` is set");
        if (!SameEntries.Bytes(item.Data, old.Data))
            errors.Forbidden(FieldPath.Of("data"), "field is immutable when `immutable` is set");
    }

    private static void CheckType(Secret item, FieldPath path, FieldErrors errors)
    {
        switch (item.Type)
        {
            case "kubernetes.io/service-account-token":
                if (item.Metadata.Annotations?.GetValueOrDefault(ServiceAccountName) is not { Length: > 0 })
                    errors.Required(FieldPath.Of("metadata").Child("annotations").Key(ServiceAccountName));
                break;
            case "kubernetes.io/dockercfg":
                CheckJson(item, ".dockercfg", path, errors);
                break;
            case "kubernetes.io/dockerconfigjson":
                CheckJson(item, ".dockerconfigjson", path, errors);
                break;
            case "kubernetes.io/basic-auth":
                if (!Has(item, "username") && !Has(item, "password"))
                {
                    errors.Required(path.Key("username"));
                    errors.Required(path.Key("password"));
                }

                break;
            case "kubernetes.io/ssh-auth":
                CheckPresent(item, "ssh-privatekey", path, errors);
                break;
            case "kubernetes.io/tls":
                CheckPresent(item, "tls.crt", path, errors);
                CheckPresent(item, "tls.key", path, errors);
                break;
        }
    }

    private static bool Has(Secret item, string key) => item.Data?.ContainsKey(key) == true;

    private static void CheckPresent(Secret item, string key, FieldPath path, FieldErrors errors)
    {
        if (!Has(item, key))
            errors.Required(path.Key(key));
    }

    private static void CheckJson(Secret item, string key, FieldPath path, FieldErrors errors)
    {
        if (!Has(item, key))
        {
            errors.Required(path.Key(key));
            return;
        }

        try
        {
            using var parsed = JsonDocument.Parse(item.Data![key]);
            if (parsed.RootElement.ValueKind == JsonValueKind.Object)
                return;
        }
        catch (JsonException)
        {
            // Reported below like any other text that is not a JSON object; the parser's message could show a part of the secret.
        }

        errors.Invalid(path.Key(key), "<secret contents redacted>", "is not a JSON object");
    }
}
