using Orchestrator.Api;
using Orchestrator.Api.Errors;
using Orchestrator.Client;

namespace Orchestrator.Simulation.Workload;

/// <summary>What users do with a client.</summary>
internal static class UserClient
{
    /// <returns>Null when there is none of that name.</returns>
    public static async Task<T?> FindAsync<T>(this ApiClient client, string name)
        where T : KubernetesObject
    {
        try
        {
            return await client.GetAsync<T>(User.Namespace, name, CancellationToken.None);
        }
        catch (ApiException refusal) when (refusal.Reason == StatusReason.NotFound)
        {
            return null;
        }
    }
}
