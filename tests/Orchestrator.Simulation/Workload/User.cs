using System.Globalization;
using Orchestrator.Api.Apps.V1;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Client;
using Orchestrator.Simulation.Cluster;
using Orchestrator.Simulation.Pumping;

namespace Orchestrator.Simulation.Workload;

/// <summary>A person at kubectl: does what the script says, one thing after the other, and again until it is acknowledged.</summary>
internal sealed class User(ClusterContext context, Script script)
{
    public const string Namespace = "default";
    private const string Counter = "counter";

    private readonly SimulatedProcess process = context.NewProcess("user");
    private ApiClient client = null!;

    public bool IsDone { get; private set; }

    /// <summary>Increments that were acknowledged, and those of which nothing is known.</summary>
    public (int Acknowledged, int Unknown) Counted { get; private set; }

    public void Start() => process.Start(RunAsync);

    private async Task RunAsync()
    {
        client = context.NewClient(process, "kubectl", Users.Person, 0);
        var began = context.Pump.Now;
        foreach (var (at, action) in script.Actions)
        {
            if (began + at - context.Pump.Now is { Ticks: > 0 } wait)
                await Task.Delay(wait, process.Clock, CancellationToken.None);
            await UntilDoneAsync(action);
        }

        IsDone = true;
    }

    private async Task UntilDoneAsync(UserAction action)
    {
        while (true)
        {
            try
            {
                await DoAsync(action);
                return;
            }
            catch (ApiException refusal) when (refusal.Code is 409 or 429 or >= 500)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(300), process.Clock, CancellationToken.None);
            }
        }
    }

    private Task DoAsync(UserAction action) => action switch
    {
        UserAction.Put put => PutAsync(put.Intent),
        UserAction.Remove remove => RemoveAsync<Deployment>(remove.Deployment, remove.Propagation),
        UserAction.KillPod kill => KillPodAsync(kill),
        UserAction.Expose expose => ExposeAsync(expose.Deployment),
        UserAction.Hide hide => RemoveAsync<Service>(hide.Deployment, "Background"),
        UserAction.Cordon cordon => CordonAsync(cordon),
        UserAction.Count => CountAsync(),
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, "no such action"),
    };

    private async Task PutAsync(DeploymentIntent intent)
    {
        if (await FindAsync<Deployment>(intent.Name) is { } present)
            await client.UpdateAsync(intent.ApplyTo(present), CancellationToken.None);
        else
            await client.CreateAsync(intent.ToObject(), CancellationToken.None);
    }

    private async Task RemoveAsync<T>(string name, string propagation)
        where T : Api.KubernetesObject =>
        await client.DeleteAsync<T>(Namespace, name, new DeleteOptions { PropagationPolicy = propagation }, CancellationToken.None);

    private async Task KillPodAsync(UserAction.KillPod kill)
    {
        var pods = (await client.ListAsync<Pod>(Namespace, new ListOptions(), CancellationToken.None)).Items;
        if (pods.Count == 0)
            return;
        var pod = pods[(int)(kill.Draw * pods.Count)];
        var options = new DeleteOptions { GracePeriodSeconds = kill.AtOnce ? 0 : null, Preconditions = new Preconditions { Uid = pod.Metadata.Uid } };
        await client.DeleteAsync<Pod>(Namespace, pod.Metadata.Name!, options, CancellationToken.None);
    }

    private async Task ExposeAsync(string deployment)
    {
        if (await FindAsync<Service>(deployment) is not null)
            return;
        var service = new Service
        {
            Metadata = new ObjectMeta { Name = deployment, Namespace = Namespace },
            Spec = new ServiceSpec { Selector = new Dictionary<string, string> { ["app"] = deployment }, Ports = [new ServicePort { Port = 80, TargetPort = 8080 }] },
        };
        await client.CreateAsync(service, CancellationToken.None);
    }

    /// <summary>Against the version it read: an earlier try of which nothing was heard must not come after a later change of mind.</summary>
    private async Task CordonAsync(UserAction.Cordon cordon)
    {
        var node = await client.GetAsync<Node>(null, cordon.Node, CancellationToken.None);
        await client.UpdateAsync(node with { Spec = (node.Spec ?? new NodeSpec()) with { Unschedulable = cordon.Unschedulable ? true : null } }, CancellationToken.None);
    }

    private async Task CountAsync()
    {
        var present = await FindAsync<ConfigMap>(Counter);
        var next = present is null ? 1 : int.Parse(present.Data!["n"], CultureInfo.InvariantCulture) + 1;
        var data = new Dictionary<string, string> { ["n"] = next.ToString(CultureInfo.InvariantCulture) };
        try
        {
            if (present is null)
                await client.CreateAsync(new ConfigMap { Metadata = new ObjectMeta { Name = Counter, Namespace = Namespace }, Data = data }, CancellationToken.None);
            else
                await client.UpdateAsync(present with { Data = data }, CancellationToken.None);
            Counted = Counted with { Acknowledged = Counted.Acknowledged + 1 };
        }
        catch (ApiException refusal) when (refusal.Code >= 500)
        {
            // Done or not: nobody knows, so it is not tried again.
            Counted = Counted with { Unknown = Counted.Unknown + 1 };
        }
    }

    private async Task<T?> FindAsync<T>(string name)
        where T : Api.KubernetesObject
    {
        try
        {
            return await client.GetAsync<T>(Namespace, name, CancellationToken.None);
        }
        catch (ApiException refusal) when (refusal.Reason == StatusReason.NotFound)
        {
            return null;
        }
    }
}
