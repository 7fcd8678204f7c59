using System.Text.Json.Nodes;
using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Resources;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Admission;

/// <summary>
/// Gives pods their service account: the default one unless named, its image pull secrets, and a volume with a token, the
/// cluster's certificate authority and the namespace. Mirror pods of a kubelet have none of it.
/// </summary>
internal sealed class ServiceAccountAdmission(Func<Random> random) : IMutatingAdmission
{
    private const string DefaultAccount = "default";
    private const string MountPath = "/var/run/secrets/kubernetes.io/serviceaccount";
    private const string VolumePrefix = "kube-api-access-";
    private const string MirrorAnnotation = "kubernetes.io/config.mirror";

    /// <summary>One hour and a mark by which the issuer knows a token of this volume.</summary>
    private const int TokenSeconds = 3607;

    private const string NameAlphabet = "bcdfghjklmnpqrstvwxz2456789";

    public string Name => "ServiceAccount";

    public bool Handles(AdmissionAttributes attributes) => attributes.Operation == AdmissionOperation.Create && attributes.Is<Pod>();

    public async ValueTask AdmitAsync(AdmissionAttributes attributes, CancellationToken cancellationToken)
    {
        var document = attributes.Object!.Document;
        if (document.Child("metadata")?.Child("annotations")?.ContainsKey(MirrorAnnotation) == true)
        {
            CheckMirrorPod(attributes, document);
            return;
        }

        var spec = document.ChildOrNew("spec");
        spec.Default("serviceAccountName", DefaultAccount);
        var name = spec.Text("serviceAccountName")!;
        spec["serviceAccount"] = name;
        var account = await FindAsync(attributes, name, cancellationToken);
        if (Automounts(spec, account))
            MountToken(spec);
        if (spec["imagePullSecrets"] is not JsonArray { Count: > 0 } && account.ImagePullSecrets is { Count: > 0 } secrets)
            spec["imagePullSecrets"] = new JsonArray([.. secrets.Select(secret => new JsonObject { ["name"] = secret.Name })]);
    }

    private static void CheckMirrorPod(AdmissionAttributes attributes, JsonObject document)
    {
        if (document.Child("spec")?.Text("serviceAccountName") is { Length: > 0 })
            throw ApiErrors.Forbidden(attributes.Resource, attributes.Name, "a mirror pod may not reference service accounts");
    }

    private static async ValueTask<ServiceAccount> FindAsync(AdmissionAttributes attributes, string name, CancellationToken cancellationToken)
    {
        var reader = attributes.Context.Server.Reader;
        return reader.Get<ServiceAccount>(attributes.Namespace, name)
            ?? await reader.GetLatestAsync<ServiceAccount>(attributes.Namespace, name, cancellationToken)
            ?? throw ApiErrors.Forbidden(attributes.Resource, attributes.Name,
                $"error looking up service account {attributes.Namespace}/{name}: serviceaccount \"{name}\" not found");
    }

    private static bool Automounts(JsonObject spec, ServiceAccount account) =>
        spec["automountServiceAccountToken"] is null ? account.AutomountServiceAccountToken != false : spec.IsTrue("automountServiceAccountToken");

    private void MountToken(JsonObject spec)
    {
        var existing = spec.Items("volumes").FirstOrDefault(volume => volume.Text("name")?.StartsWith(VolumePrefix, StringComparison.Ordinal) == true);
        var volumeName = existing?.Text("name") ?? NewVolumeName(spec);
        var isUsed = false;
        foreach (var list in (string[])["initContainers", "containers"])
        {
            foreach (var container in spec.Items(list))
            {
                if (container.Items("volumeMounts").Any(mount => mount.Text("mountPath") == MountPath))
                    continue;
                if (container["volumeMounts"] is not JsonArray mounts)
                    container["volumeMounts"] = mounts = [];
                mounts.Add((JsonNode)new JsonObject { ["name"] = volumeName, ["readOnly"] = true, ["mountPath"] = MountPath });
                isUsed = true;
            }
        }

        if (!isUsed || existing is not null)
            return;
        if (spec["volumes"] is not JsonArray volumes)
            spec["volumes"] = volumes = [];
        volumes.Add((JsonNode)new JsonObject { ["name"] = volumeName, ["projected"] = Sources() });
    }

    private string NewVolumeName(JsonObject spec)
    {
        while (true)
        {
            var suffix = new char[5];
            var source = random();
            lock (source)
            {
                for (var i = 0; i < suffix.Length; i++)
                    suffix[i] = NameAlphabet[source.Next(NameAlphabet.Length)];
            }

            var name = VolumePrefix + new string(suffix);
            if (!spec.Items("volumes").Any(volume => volume.Text("name") == name))
                return name;
        }
    }

    private static JsonObject Sources() => new()
    {
        ["defaultMode"] = 420,
        ["sources"] = new JsonArray(
            new JsonObject { ["serviceAccountToken"] = new JsonObject { ["expirationSeconds"] = TokenSeconds, ["path"] = "token" } },
            new JsonObject
            {
                ["configMap"] = new JsonObject
                {
                    ["name"] = "kube-root-ca.crt",
                    ["items"] = new JsonArray(new JsonObject { ["key"] = "ca.crt", ["path"] = "ca.crt" }),
                },
            },
            new JsonObject
            {
                ["downwardAPI"] = new JsonObject
                {
                    ["items"] = new JsonArray(new JsonObject
                    {
                        ["path"] = "namespace",
                        ["fieldRef"] = new JsonObject { ["apiVersion"] = "v1", ["fieldPath"] = "metadata.namespace" },
                    }),
                },
            }),
    };
}
