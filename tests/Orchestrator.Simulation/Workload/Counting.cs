using System.Globalization;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Client;

namespace Orchestrator.Simulation.Workload;

/// <summary>
/// Adds one to a number in a ConfigMap, against the version that was read. Several users do so at the same time: where a write goes
/// over another's, an increment is missing.
/// </summary>
internal sealed class Counting(ApiClient client)
{
    private const string Counter = "counter";

    public int Acknowledged { get; private set; }

    /// <summary>Increments of which nobody knows whether they were done.</summary>
    public int Unknown { get; private set; }

    /// <exception cref="ApiException">Another was faster, or the counter could not be read: nothing was done.</exception>
    public async Task CountAsync()
    {
        var present = await client.FindAsync<ConfigMap>(Counter);
        var next = present is null ? 1 : int.Parse(present.Data!["n"], CultureInfo.InvariantCulture) + 1;
        var data = new Dictionary<string, string> { ["n"] = next.ToString(CultureInfo.InvariantCulture) };
        try
        {
            if (present is null)
                await client.CreateAsync(new ConfigMap { Metadata = new ObjectMeta { Name = Counter, Namespace = User.Namespace }, Data = data }, CancellationToken.None);
            else
                await client.UpdateAsync(present with { Data = data }, CancellationToken.None);
            Acknowledged++;
        }
        catch (ApiException refusal) when (refusal.Code >= 500)
        {
            // Done or not: so it is not tried again.
            Unknown++;
        }
    }
}
