using Orchestrator.Client.Events;
using Orchestrator.Client.Informers;
using Orchestrator.Kubelet.Containers;
using Orchestrator.Kubelet.Events;
using Orchestrator.Kubelet.Images;
using Orchestrator.Kubelet.Nodes;
using Orchestrator.Kubelet.Objects;
using Orchestrator.Kubelet.Pods;
using Orchestrator.Kubelet.Probes;
using Orchestrator.Kubelet.Resources;
using Orchestrator.Kubelet.Server;
using Orchestrator.Kubelet.Server.Logs;
using Orchestrator.Kubelet.Volumes;

namespace Orchestrator.Kubelet;

/// <summary>
/// One kubelet: registers its node, runs the pods bound to it, serves its API. Stopping it leaves containers running; the next
/// kubelet with the same directories and runtime goes on where this one left off.
/// </summary>
public sealed class KubeletHost : IAsyncDisposable
{
    private readonly KubeletOptions options;
    private readonly KubeletDependencies dependencies;
    private readonly EventWriter eventWriter;
    private readonly ReferencedObjects objects;
    private readonly HttpGetter http = new();
    private readonly GrpcHealthClient grpc = new();
    private readonly ImageManager images;
    private readonly ProbeManager probes;
    private readonly VolumeManager volumes;
    private readonly IInformer<Pod> podInformer;
    private readonly NodeReporter reporter;
    private readonly NodeLease lease;
    private readonly PodWorkers workers;
    private readonly LogRotator logRotator;
    private readonly QosCgroups? cgroups;
    private readonly KubeletServer? server;
    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool isRunning;
    private bool isDisposed;

    /// <exception cref="ArgumentException">The options are at fault; all faults are named.</exception>
    public KubeletHost(KubeletOptions options, KubeletDependencies dependencies)
    {
        options.Validate();
        (this.options, this.dependencies) = (options, dependencies);
        var (client, runtime, time, logs) = (dependencies.Client, dependencies.Runtime, dependencies.Time, dependencies.Logs);
        var paths = new KubeletPaths(options);
        var machine = MachineFacts.Read();
        var resources = new NodeResources(options, machine);
        eventWriter = new(client, time, logs.CreateLogger<EventWriter>());
        var recorder = eventWriter.For("kubelet", options.NodeName);
        var events = new PodEvents(recorder);
        objects = new(client, time, logs);
        images = new(dependencies.Images, new PullSecrets(objects), events, options, time);
        var hooks = new LifecycleHooks(runtime, http, time);
        probes = new(new ProbeRunner(runtime, http, grpc, time), events, time, dependencies.Random);

        IMounter mounter = options.UseTmpfs ? new KernelMounter() : new NoMounter();
        var subPaths = new SubPathBinder(mounter, paths, options.UseTmpfs);
        var tokens = new ServiceAccountTokens(client, time);
        var content = new VolumeContent(objects, tokens, options, () => resources.Allocatable);
        volumes = new(options, paths, client, objects, content, tokens, mounter, subPaths, () => resources.MemoryBytes, time);

        podInformer = dependencies.Informers.For<Pod>($"spec.nodeName={options.NodeName}");
        var serviceInformer = dependencies.Informers.For<Service>();
        var nodeInformer = dependencies.Informers.For<Node>($"metadata.name={options.NodeName}");
        reporter = new(
            options, machine, resources, client, nodeInformer, runtime, dependencies.Images, dependencies.PodCidrSink, () => ServerPort, recorder, time,
            logs.CreateLogger<NodeReporter>());
        lease = new(options, client, () => reporter.Current, time, logs.CreateLogger<NodeLease>());

        var environment = new EnvironmentBuilder(objects, new ServiceEnvironment(serviceInformer), options, () => resources.Allocatable);
        var configs = new ContainerConfigBuilder(environment, subPaths, paths, options, () => resources.MemoryBytes);
        cgroups = options.ManageCgroups ? new(options, () => resources.Allocatable, logs.CreateLogger<QosCgroups>()) : null;
        workers = new(new()
        {
            Options = options, Paths = paths, Client = client, Runtime = runtime, Sandboxes = new(options, paths),
            Starter = new(runtime, images, configs, hooks, events), Killer = new(runtime, hooks, events, time), Images = images, Volumes = volumes,
            Probes = probes,
            Admission = new(() => reporter.Current, () => resources.Allocatable, options, cgroups is null ? null : cgroups.Update), TerminationMessages = new(paths),
            Events = events, Time = time, Logs = logs,
        }, options.NodeName, logs.CreateLogger<PodWorkers>());
        logRotator = new(options, paths, runtime, () => workers.Pods, time, logs.CreateLogger<LogRotator>());
        server = options.Server is { } serverOptions ? NewServer(serverOptions, paths) : null;
    }

    /// <summary>The port the server listens on; 0 while it does not.</summary>
    public int ServerPort { get; private set; }

    /// <summary>Completes when the API has the node as Ready for the first time.</summary>
    public Task NodeReady => reporter.Ready;

    /// <summary>The pods of this node with the status last computed.</summary>
    public IReadOnlyList<Pod> Pods => workers.Pods;

    /// <summary>Runs until cancelled or stopped. A part that fails for good ends the whole and is thrown.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stop.Token);
        isRunning = true;
        try
        {
            volumes.Start();
            cgroups?.Start();
            Directory.CreateDirectory(options.LogDirectory);
            var parts = new List<Task>
            {
                eventWriter.RunAsync(either.Token),
                reporter.RunAsync(either.Token),
                lease.RunAsync(either.Token),
                workers.RunAsync(podInformer, either.Token),
                logRotator.RunAsync(either.Token),
            };
            if (server is not null)
                parts.Add(server.RunAsync(ListeningOn, either.Token));
            await Task.WhenAny(parts);
            await either.CancelAsync();
            await Task.WhenAll(parts);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // Stopping. A part that failed would have been thrown instead.
        }
        finally
        {
            await either.CancelAsync();
            stopped.TrySetResult();
        }
    }

    /// <summary>Stops the kubelet and waits until it has let go. Containers go on.</summary>
    public async Task StopAsync()
    {
        await stop.CancelAsync();
        if (isRunning)
            await stopped.Task;
    }

    public async ValueTask DisposeAsync()
    {
        if (isDisposed)
            return;
        await StopAsync();
        isDisposed = true;
        objects.Dispose();
        images.Dispose();
        probes.Dispose();
        http.Dispose();
        grpc.Dispose();
        stop.Dispose();
    }

    private KubeletServer NewServer(KubeletServerOptions serverOptions, KubeletPaths paths)
    {
        var (client, runtime, time) = (dependencies.Client, dependencies.Runtime, dependencies.Time);
        var lookup = new PodLookup(workers.Find, runtime);
        var stats = new PodStats(() => workers.Pods, runtime);
        var endpoints = new KubeletEndpoints(
            new(() => workers.Pods), new(lookup, paths, time), new(lookup, runtime, time), new(options.NodeName, stats, time),
            new(options.NodeName, () => workers.Pods, stats));
        return new(
            serverOptions, new(serverOptions, client, time), new(serverOptions, options.NodeName, client, time), endpoints, dependencies.Logs);
    }

    private void ListeningOn(int port)
    {
        ServerPort = port;
        reporter.Wake();
    }
}
