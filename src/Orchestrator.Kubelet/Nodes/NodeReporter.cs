using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Serialization;
using Orchestrator.Client.Events;
using Orchestrator.Client.Informers;

namespace Orchestrator.Kubelet.Nodes;

/// <summary>
/// Registers the node and keeps its status true: at once when something changes, else as a heartbeat. Hands the pod range to the
/// network when it is known.
/// </summary>
internal sealed partial class NodeReporter(
    KubeletOptions options, MachineFacts machine, NodeResources resources, IApiClient client, IInformer<Node> nodes, Cri.IRuntimeService runtime,
    Cri.IImageService images, IPodCidrSink? podCidrSink, Func<int> serverPort, IEventRecorder events, TimeProvider time, ILogger<NodeReporter> logger)
{
    // Short at first: in a lab the API server starts at the same moment.
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan MaximumRetry = TimeSpan.FromSeconds(7);
    private static readonly TimeSpan ImagesMaxAge = TimeSpan.FromMinutes(1);

    private readonly Channel<bool> wakeUps = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private NodeStatus? reported;
    private DateTimeOffset reportedAt;
    private IReadOnlyList<Cri.ImageRecord> imageList = [];
    private DateTimeOffset imagesReadAt;
    private string podCidrInUse = "";

    /// <summary>The Node as the API last had it.</summary>
    public Node? Current => nodes.Lister.Find(new("", options.NodeName));

    public ObjectReference Reference => new() { Kind = "Node", ApiVersion = "v1", Name = options.NodeName, Uid = Current?.Metadata.Uid ?? options.NodeName };

    /// <summary>Completes when the API has the node as Ready for the first time.</summary>
    public Task Ready => ready.Task;

    /// <summary>Something that the status shows has changed.</summary>
    public void Wake() => wakeUps.Writer.TryWrite(true);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (options.PodCidr is { } preset)
            await UsePodCidrAsync([preset], cancellationToken);
        await RegisterAsync(cancellationToken);
        nodes.AddHandler(_ => Wake());
        while (true)
        {
            await ReportSafelyAsync(cancellationToken);
            await WaitAsync(cancellationToken);
        }
    }

    private async Task RegisterAsync(CancellationToken cancellationToken)
    {
        for (var delay = FirstRetry; ; delay = delay * 2 < MaximumRetry ? delay * 2 : MaximumRetry)
        {
            try
            {
                await CreateOrAdoptAsync(cancellationToken);
                LogRegistered(options.NodeName);
                events.Record(Reference, EventTypes.Normal, "Starting", "Starting kubelet.");
                return;
            }
            catch (ApiException refusal)
            {
                LogRegisterFailed(options.NodeName, refusal.Message);
                await Task.Delay(delay, time, cancellationToken);
            }
        }
    }

    private async Task CreateOrAdoptAsync(CancellationToken cancellationToken)
    {
        var labels = NodeStatusBuilder.Labels(options, machine);
        var status = await ComputeAsync([], cancellationToken);
        try
        {
            await client.CreateAsync(new Node
            {
                Metadata = new() { Name = options.NodeName, Labels = labels },
                Spec = new()
                {
                    Taints = options.RegisterWithTaints.Count > 0 ? options.RegisterWithTaints : null,
                    PodCIDR = options.PodCidr,
                    PodCIDRs = options.PodCidr is { } range ? [range] : null,
                },
                Status = status,
            }, cancellationToken);
        }
        catch (ApiException refusal) when (refusal.Reason == StatusReason.AlreadyExists)
        {
            var patch = new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject(labels.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))) } };
            var known = await client.PatchAsync<Node>(null, options.NodeName, PatchType.StrategicMerge, patch, null, cancellationToken);
            reported = known.Status is null ? null : new() { Conditions = known.Status.Conditions };
        }
    }

    private async Task ReportSafelyAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (options.PodCidr is null && Current?.Spec is { } spec && (spec.PodCIDRs ?? (spec.PodCIDR is { } one ? [one] : [])) is { Count: > 0 } cidrs)
                await UsePodCidrAsync(cidrs, cancellationToken);
            await ReportAsync(cancellationToken);
        }
        catch (ApiException refusal) when (refusal.Reason == StatusReason.NotFound)
        {
            // Someone deleted the Node. A kubelet that runs wants to be known.
            reported = null;
            await RegisterAsync(cancellationToken);
            Wake();
        }
        catch (Exception failure) when (failure is ApiException or Cri.RuntimeException)
        {
            LogReportFailed(options.NodeName, failure.Message);
        }
    }

    private async Task UsePodCidrAsync(IReadOnlyList<string> cidrs, CancellationToken cancellationToken)
    {
        var joined = string.Join(',', cidrs);
        if (podCidrSink is null || joined == podCidrInUse)
            return;
        await podCidrSink.SetAsync(cidrs, cancellationToken);
        podCidrInUse = joined;
        LogPodCidr(options.NodeName, joined);
    }

    private async Task ReportAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var status = await ComputeAsync(reported?.Conditions ?? [], cancellationToken);
        var isDue = now - reportedAt >= options.NodeStatusReportFrequency;
        if (!isDue && reported is not null && IsSame(reported, status) && IsBelieved(status))
            return;
        var patch = new JsonObject { ["status"] = JsonSerializer.SerializeToNode(status, ApiJson.TypeInfo<NodeStatus>()) };
        await client.PatchAsync<Node>(null, options.NodeName, PatchType.StrategicMerge, patch, "status", cancellationToken);
        TellOfChange(reported, status);
        (reported, reportedAt) = (status, now);
        if (status.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) == true)
            ready.TrySetResult();
    }

    private async Task<NodeStatus> ComputeAsync(IReadOnlyList<NodeCondition> before, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now - imagesReadAt >= ImagesMaxAge)
            (imageList, imagesReadAt) = (await images.ListImagesAsync(cancellationToken), now);
        return NodeStatusBuilder.Build(
            options, machine, resources, await runtime.VersionAsync(cancellationToken), await runtime.StatusAsync(cancellationToken), imageList, before, serverPort(), now);
    }

    private void TellOfChange(NodeStatus? before, NodeStatus after)
    {
        var (was, isNow) = (ReadyOf(before), ReadyOf(after));
        if (was == isNow)
            return;
        var word = isNow == "True" ? "NodeReady" : "NodeNotReady";
        events.Record(Reference, EventTypes.Normal, word, $"Node {options.NodeName} status is now: {word}");
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        await using var timer = time.CreateTimer(_ => Wake(), null, options.NodeStatusUpdateFrequency, Timeout.InfiniteTimeSpan);
        await wakeUps.Reader.ReadAsync(cancellationToken);
    }

    /// <summary>
    /// False when the API says otherwise: whoever missed the heartbeats for a while marked the node Unknown, and takes that back only
    /// when it is told (node lifecycle controller). A Node that was read before our own report makes us report once more, which
    /// writes no more than a heartbeat.
    /// </summary>
    private bool IsBelieved(NodeStatus status) => Current?.Status?.Conditions is not { } known || (status.Conditions ?? []).All(
        condition => known.FirstOrDefault(one => one.Type == condition.Type)?.Status == condition.Status);

    /// <summary>Equal but for heartbeats.</summary>
    private static bool IsSame(NodeStatus left, NodeStatus right) => JsonNode.DeepEquals(WithoutHeartbeats(left), WithoutHeartbeats(right));

    private static JsonNode? WithoutHeartbeats(NodeStatus status) => JsonSerializer.SerializeToNode(
        status with { Conditions = [.. (status.Conditions ?? []).Select(condition => condition with { LastHeartbeatTime = null })] }, ApiJson.TypeInfo<NodeStatus>());

    private static string? ReadyOf(NodeStatus? status) => status?.Conditions?.FirstOrDefault(condition => condition.Type == "Ready")?.Status;

    [LoggerMessage(LogLevel.Information, "Node {Node} is registered")]
    private partial void LogRegistered(string node);

    [LoggerMessage(LogLevel.Information, "Node {Node} uses {PodCidrs} for its pods")]
    private partial void LogPodCidr(string node, string podCidrs);

    [LoggerMessage(LogLevel.Warning, "Could not register node {Node}; it will be tried again: {Error}")]
    private partial void LogRegisterFailed(string node, string error);

    [LoggerMessage(LogLevel.Warning, "Could not report the status of node {Node}: {Error}")]
    private partial void LogReportFailed(string node, string error);
}
