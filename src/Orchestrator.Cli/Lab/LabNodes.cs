using Orchestrator.Api.Core.V1;
using Orchestrator.Client;
using Orchestrator.Client.Configuration;
using Orchestrator.Network.Lab;

namespace Orchestrator.Cli.Lab;

/// <summary>What can be done to single nodes of a lab.</summary>
internal sealed class LabNodes(LabPaths paths, LabDefinition lab, TimeProvider time)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    /// <exception cref="UserException">The lab has no such node.</exception>
    public LabNodeDefinition Find(string name) =>
        lab.Nodes.FirstOrDefault(node => node.Name == name)
        ?? throw new UserException($"lab '{lab.Name}' has no node '{name}'; it has {string.Join(", ", lab.Nodes.Select(node => node.Name))}");

    public async Task<LabNodeDefinition> AddAsync(double? cpus, long? memoryBytes, CancellationToken cancellationToken)
    {
        var node = LabPlanner.NextNode(lab, cpus, memoryBytes);
        var extended = lab with { Nodes = [.. lab.Nodes, node] };
        extended.Save(paths);
        await Starter(extended).StartAsync(new HashSet<string> { node.Name }, StartLimit, cancellationToken);
        return node;
    }

    public async Task RemoveAsync(LabNodeDefinition node, CancellationToken cancellationToken)
    {
        await StopAsync(node, cancellationToken);
        Network.RemoveNode(node.Name);
        (lab with { Nodes = [.. lab.Nodes.Where(other => other.Name != node.Name)] }).Save(paths);
        if (Directory.Exists(paths.NodeData(node.Name)))
            Directory.Delete(paths.NodeData(node.Name), recursive: true);
        using var client = new ApiClient(Kubeconfig.Load(paths.AdminKubeconfig, Environment.GetEnvironmentVariable).ToClientOptions("cli"), time);
        await client.DeleteAsync<Node>(null, node.Name, null, cancellationToken);
    }

    public async Task StopAsync(LabNodeDefinition node, CancellationToken cancellationToken)
    {
        await new LabComponents(paths, lab).Node(node.Name).StopAsync(Grace, time, cancellationToken);
        await new LabStopper(paths, lab, time).RemoveNodeTracesAsync(node.Name, cancellationToken);
    }

    public async Task KillAsync(LabNodeDefinition node, CancellationToken cancellationToken)
    {
        await new LabStopper(paths, lab, time).RemoveNodeTracesAsync(node.Name, cancellationToken);
        await new LabComponents(paths, lab).Node(node.Name).KillAsync(time, cancellationToken);
    }

    public Task StartAsync(LabNodeDefinition node, CancellationToken cancellationToken) =>
        Starter(lab).StartAsync(new HashSet<string> { node.Name }, StartLimit, cancellationToken);

    public void Freeze(LabNodeDefinition node) => new LabCgroup(paths.NodeCgroup(node.Name), time).SetFrozen(true);

    public void Thaw(LabNodeDefinition node) => new LabCgroup(paths.NodeCgroup(node.Name), time).SetFrozen(false);

    public void Cut(LabNodeDefinition node, LabNodeDefinition? peer)
    {
        if (peer is null)
            Network.CutNode(node.Name);
        else
            Network.Cut(node.Name, peer.Name);
    }

    public void Heal(LabNodeDefinition node, LabNodeDefinition? peer)
    {
        if (peer is null)
            Network.HealNode(node.Name);
        else
            Network.Heal(node.Name, peer.Name);
    }

    private LabNetwork Network => new(paths.NetworkOptions(lab));

    private LabStarter Starter(LabDefinition definition) => new(paths, definition, Environment.ProcessPath!, time, _ => { });
}
