using Orchestrator.Client.Causes;
using Orchestrator.Simulation.Network;
using Orchestrator.Simulation.Pumping;

namespace Orchestrator.Simulation.Invariants;

/// <summary>
/// On which view of the cluster each reconcile acts: what had arrived at its process when it sent its first write, which is when it
/// made its plan.
/// </summary>
internal sealed class ControllerViews : IClientMonitor
{
    private static readonly string[] Followed = [Kinds.Pods, Kinds.ReplicaSets, Kinds.Deployments];

    private readonly Dictionary<SimulatedProcess, Knowledge> known = [];
    private readonly Dictionary<(string Id, string Object), List<ControllerView>> views = [];

    /// <summary>
    /// The views that a write may come from: ids are counted by each process for itself, each time it leads,
    /// so several may have the same.
    /// </summary>
    public IReadOnlyList<ControllerView> Of(string reconcileId, string @object) => views.GetValueOrDefault((reconcileId, @object)) ?? [];

    public void Sent(Exchange exchange)
    {
        if (CauseOf(exchange) is not { } cause || !known.TryGetValue(exchange.Client, out var knowledge))
            return;
        var key = (cause.ReconcileId, cause.Object);
        if (!views.TryGetValue(key, out var same))
            views[key] = same = [];
        if (!same.Exists(view => view.IsOf(exchange.Client)))
            same.Add(new ControllerView(exchange.Client, knowledge));
    }

    public void Arrived(Exchange exchange, ReadOnlySpan<byte> bytes)
    {
        if (!IsFollowed(exchange))
            return;
        var body = exchange.ClientState ??= new MemoryStream();
        body.Write(bytes);
        if (exchange.IsWatch)
            ReadLines(exchange, body);
    }

    public void Ended(Exchange exchange)
    {
        if (exchange is not { IsWatch: false, ClientState: { } body } || body.Length == 0)
            return;
        var item = ObjectFacts.Read(body.GetBuffer().AsSpan(0, (int)body.Length));
        if (item.Kind == "Status" || item.Version == 0)
            return;
        if (exchange.Method == "POST")
            Of(exchange).Made(item.Name!);
        else if (exchange.Uri.Query.Contains("resourceVersion=0", StringComparison.Ordinal))
            Of(exchange).Begin(PrefixOf(exchange), item.Version);
        else
            Of(exchange).Reach(PrefixOf(exchange), item.Version);
    }

    /// <summary>Of an answer that leaves open whether a pod was made: its reconcile may make another in its place.</summary>
    public void LeftOpen(Exchange exchange)
    {
        if (CauseOf(exchange) is { } cause && Of(cause.ReconcileId, cause.Object).FirstOrDefault(view => view.IsOf(exchange.Client)) is { } view)
            view.LeftOpen++;
    }

    private void ReadLines(Exchange exchange, MemoryStream body)
    {
        var bytes = body.GetBuffer().AsSpan(0, (int)body.Length);
        var rest = bytes;
        while (rest.IndexOf((byte)'\n') is var end and >= 0)
        {
            if (end > 0 && ObjectFacts.ReadEvent(rest[..end]) is { Type: not "ERROR" } change)
                Of(exchange).Reach(PrefixOf(exchange), change.Object.Version);
            rest = rest[(end + 1)..];
        }

        rest.CopyTo(bytes);
        body.SetLength(rest.Length);
        body.Position = rest.Length;
    }

    private Knowledge Of(Exchange exchange)
    {
        if (!known.TryGetValue(exchange.Client, out var knowledge))
            known[exchange.Client] = knowledge = new Knowledge(exchange.Client);
        return knowledge;
    }

    /// <summary>What controllers list and watch of the kinds that count here, as whole objects, and the pods they make.</summary>
    private static bool IsFollowed(Exchange exchange)
    {
        if (!exchange.Client.Name.StartsWith("controllers", StringComparison.Ordinal) || exchange.Headers.Exists(IsPartial))
            return false;
        return exchange.Method == "POST"
            ? PrefixOf(exchange) == Kinds.Pods
            : exchange.Method == "GET" && Followed.Contains(PrefixOf(exchange)) && !exchange.Uri.Query.Contains("Selector=", StringComparison.Ordinal);
    }

    private static bool IsPartial(KeyValuePair<string, IEnumerable<string>> header) =>
        header.Key == "Accept" && header.Value.Any(value => value.Contains("PartialObject", StringComparison.Ordinal));

    /// <summary>Only of collections.</summary>
    private static string PrefixOf(Exchange exchange)
    {
        var path = exchange.Uri.AbsolutePath;
        return path.EndsWith("/pods", StringComparison.Ordinal) ? Kinds.Pods
            : path.EndsWith("/replicasets", StringComparison.Ordinal) ? Kinds.ReplicaSets
            : path.EndsWith("/deployments", StringComparison.Ordinal) ? Kinds.Deployments
            : "";
    }

    private static Cause? CauseOf(Exchange exchange) =>
        exchange.Headers.Find(header => header.Key == Cause.HeaderName).Value is { } values ? CauseHeader.Parse(values.First()) : null;
}
