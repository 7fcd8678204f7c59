using Orchestrator.Api;
using Orchestrator.Api.Apps.V1;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Client;
using Orchestrator.Simulation.Cluster;
using Orchestrator.Simulation.Pumping;

namespace Orchestrator.Simulation.Workload;

/// <summary>
/// Two people at kubectl. One does what the script says, one thing after the other, and again until it is acknowledged; the other only
/// counts, mostly when the first does so too.
/// </summary>
internal sealed class User(ClusterContext context, Script script)
{
    public const string Namespace = "default";

    private readonly SimulatedProcess process = context.NewProcess("user");
    private readonly SimulatedProcess other = context.NewProcess("user-2");
    private ApiClient client = null!;
    private Counting counting = null!;
    private Counting othersCounting = null!;
    private int atWork = 2;

    public bool IsDone => atWork == 0;

    /// <summary>Increments that were acknowledged, and those of which nothing is known.</summary>
    public (int Acknowledged, int Unknown) Counted =>
        (counting.Acknowledged + othersCounting.Acknowledged, counting.Unknown + othersCounting.Unknown);

    public void Start()
    {
        client = context.NewClient(process, "kubectl", Users.Person, 0);
        counting = new Counting(client);
        othersCounting = new Counting(context.NewClient(other, "kubectl", Users.Person, 1));
        var began = context.Pump.Now;
        process.Start(() => RunAsync(process, began, script.Actions.Select(one => (one.At, (Func<Task>)(() => DoAsync(one.Action))))));
        other.Start(() => RunAsync(other, began, script.OthersCounts.Select(at => (at, (Func<Task>)othersCounting.CountAsync))));
    }

    private async Task RunAsync(SimulatedProcess person, TimeSpan began, IEnumerable<(TimeSpan At, Func<Task> Action)> actions)
    {
        foreach (var (at, action) in actions)
        {
            if (began + at - context.Pump.Now is { Ticks: > 0 } wait)
                await Task.Delay(wait, person.Clock, CancellationToken.None);
            await UntilDoneAsync(person, action);
        }

        atWork--;
    }

    private static async Task UntilDoneAsync(SimulatedProcess person, Func<Task> action)
    {
        while (true)
        {
            try
            {
                await action();
                return;
            }
            catch (ApiException refusal) when (refusal.Code is 409 or 429 or >= 500)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(300), person.Clock, CancellationToken.None);
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
        UserAction.Count => counting.CountAsync(),
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, "no such action"),
    };

    private async Task PutAsync(DeploymentIntent intent)
    {
        var present = await client.FindAsync<Deployment>(intent.Name);
        // Of the same name, and on its way out: the new one has to wait.
        while (present is not null && present.IsBeingDeleted())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(300), process.Clock, CancellationToken.None);
            present = await client.FindAsync<Deployment>(intent.Name);
        }

        if (present is not null)
            await client.UpdateAsync(intent.ApplyTo(present), CancellationToken.None);
        else
            await client.CreateAsync(intent.ToObject(), CancellationToken.None);
    }

    private async Task RemoveAsync<T>(string name, string propagation)
        where T : KubernetesObject =>
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
        if (await client.FindAsync<Service>(deployment) is not null)
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
}
