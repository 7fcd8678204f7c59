using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Client;
using Orchestrator.Client.Informers;
using Orchestrator.Client.Reconciling;

namespace Orchestrator.Controllers.ServiceAccounts;

/// <summary>Keys are namespaces.</summary>
internal sealed class RootCaReconciler(
    IApiClient client, ILister<Namespace> namespaces, ILister<ConfigMap> configMaps, string authorityPem) : IReconciler
{
    public const string ConfigMapName = "kube-root-ca.crt";
    private const string DataKey = "ca.crt";

    private static readonly Dictionary<string, string> Description = new()
    {
        ["kubernetes.io/description"] = "The certificate authority by which clients in the cluster verify the API server.",
    };

    private readonly Dictionary<string, string> data = new() { [DataKey] = authorityPem };

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (namespaces.Find(key) is not { } item || item.Status?.Phase == "Terminating" || item.IsBeingDeleted())
            return ReconcileResult.Done;
        var current = configMaps.Find(new ObjectKey(key.Name, ConfigMapName));
        if (current is null)
        {
            var metadata = new ObjectMeta { Name = ConfigMapName, Namespace = key.Name, Annotations = Description };
            await client.CreateAsync(new ConfigMap { Metadata = metadata, Data = data }, cancellationToken);
        }
        else if (current.Data is not { Count: 1 } || current.Data.GetValueOrDefault(DataKey) != authorityPem)
            await client.UpdateAsync(current with { Data = data }, cancellationToken);

        return ReconcileResult.Done;
    }
}
