using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Client;
using Orchestrator.Client.Informers;
using Orchestrator.Client.Reconciling;

namespace Orchestrator.Controllers.ServiceAccounts;

/// <summary>Keys are namespaces.</summary>
internal sealed class ServiceAccountReconciler(IApiClient client, ILister<Namespace> namespaces, ILister<ServiceAccount> accounts) : IReconciler
{
    public const string DefaultName = "default";

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (namespaces.Find(key) is { } item && item.Status?.Phase != "Terminating" && !item.IsBeingDeleted()
            && accounts.Find(new ObjectKey(key.Name, DefaultName)) is null)
        {
            await client.CreateAsync(
                new ServiceAccount { Metadata = new ObjectMeta { Name = DefaultName, Namespace = key.Name } }, cancellationToken);
        }

        return ReconcileResult.Done;
    }
}
