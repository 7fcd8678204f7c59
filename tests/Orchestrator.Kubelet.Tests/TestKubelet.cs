using System.Net;
using Microsoft.Extensions.Logging;
using Orchestrator.Client.Informers;
using Orchestrator.Kubelet.Hollow;
using Orchestrator.Kubelet.Nodes;

namespace Orchestrator.Kubelet.Tests;

/// <summary>A whole kubelet on a fake runtime, a fake API server and a fake clock, in a temporary directory.</summary>
internal sealed class TestKubelet : IAsyncDisposable, IPodCidrSink
{
    public const string NodeName = "node1";
    private readonly string root = Directory.CreateTempSubdirectory("orc-kubelet-").FullName;
    private readonly CancellationTokenSource informersStop = new();
    private readonly InformerFactory informers;
    private readonly Task informersRun;
    private Task? running;

    public TestKubelet(Func<KubeletOptions, KubeletOptions>? configure = null)
    {
        Cluster = new(Clock);
        Runtime = new(Clock);
        Images.Add("busybox:1");
        var options = new KubeletOptions
        {
            NodeName = NodeName, RootDirectory = Path.Combine(root, "kubelet"), LogDirectory = Path.Combine(root, "logs"), NodeIp = IPAddress.Parse("172.30.0.2"),
            CpuMillis = 4000, MemoryBytes = 8L << 30, UseTmpfs = false, ManageCgroups = false, ClusterDns = [IPAddress.Parse("10.96.0.10")], ResolvConfPath = Path.Combine(root, "resolv.conf"),
        };
        Options = configure?.Invoke(options) ?? options;
        informers = new(Cluster, InformerOptions.Default, Clock, new Random(1), Logs);
        Host = NewHost();
        informersRun = informers.RunAsync(informersStop.Token);
    }

    public FakeClock Clock { get; } = new();

    public FakeCluster Cluster { get; }

    public FakeRuntime Runtime { get; }

    public FakeImages Images { get; } = new();

    public KubeletOptions Options { get; }

    public KubeletHost Host { get; private set; }

    public List<string> PodCidrs { get; } = [];

    public ListLoggerFactory Logs { get; } = new();

    public TestKubelet Start()
    {
        running = Host.RunAsync(CancellationToken.None);
        return this;
    }

    /// <summary>Ends the kubelet and starts another one on the same runtime and directories.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        Host = NewHost();
        Start();
    }

    public async Task StopAsync()
    {
        await Host.DisposeAsync();
        if (running is not null)
            await running;
    }

    public ValueTask SetAsync(IReadOnlyList<string> podCidrs, CancellationToken cancellationToken)
    {
        PodCidrs.AddRange(podCidrs);
        return ValueTask.CompletedTask;
    }

    public Task<Pod> CreateAsync(Pod pod) => Cluster.CreateAsync(pod, CancellationToken.None);

    public Pod? Pod(string name) => Cluster.Find<Pod>("default", name);

    public ContainerStatus? Container(string pod, string container) =>
        (Pod(pod)?.Status?.ContainerStatuses ?? []).Concat(Pod(pod)?.Status?.InitContainerStatuses ?? []).FirstOrDefault(status => status.Name == container);

    public string? Phase(string name) => Pod(name)?.Status?.Phase;

    public IEnumerable<string> Events(string pod) =>
        Cluster.All<Event>().Where(item => item.InvolvedObject?.Name == pod).Select(item => $"{item.Reason}: {item.Message}");

    /// <summary>Lets fake time pass in steps of a tenth of a second until the condition holds.</summary>
    public async Task UntilAsync(Func<bool> condition, double seconds = 20)
    {
        try
        {
            await Clock.AdvanceUntilAsync(condition, TimeSpan.FromSeconds(seconds));
        }
        catch (TimeoutException late)
        {
            var events = string.Join('\n', Cluster.All<Event>().Select(item => $"{item.InvolvedObject?.Name} {item.Reason}: {item.Message}"));
            throw new TimeoutException($"{late.Message}; events:\n{events}\ncalls: {string.Join(", ", Runtime.Calls)}\nerrors: {string.Join('\n', Logs.Errors)}", late);
        }
    }

    /// <summary>Waits for an event, which is written beside the pod's status and may come after it.</summary>
    public Task UntilEventAsync(string pod, string text) => UntilAsync(() => Events(pod).Contains(text));

    /// <summary>Lets time pass and all that it sets off come to rest.</summary>
    public async Task PassAsync(double seconds)
    {
        var end = Clock.GetUtcNow() + TimeSpan.FromSeconds(seconds);
        await Clock.AdvanceUntilAsync(() => Clock.GetUtcNow() >= end, TimeSpan.FromSeconds(seconds + 1), TimeSpan.FromMilliseconds(250));
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await informersStop.CancelAsync();
        await informersRun;
        informersStop.Dispose();
        Directory.Delete(root, recursive: true);
        Logs.Dispose();
        Assert.That(Logs.Errors, Is.Empty, "the kubelet logged errors");
    }

    private KubeletHost NewHost() => new(Options, new()
    {
        Client = Cluster, Informers = informers, Runtime = Runtime, Images = Images, PodCidrSink = this, Time = Clock, Random = new Random(1), Logs = Logs,
    });
}

/// <summary>Keeps errors, which no test expects.</summary>
internal sealed class ListLoggerFactory : ILoggerFactory, ILogger
{
    public System.Collections.Concurrent.ConcurrentQueue<string> Errors { get; } = new();

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            Errors.Enqueue($"{formatter(state, exception)} {exception}");
    }

    public void Dispose()
    {
        // Nothing is held.
    }
}
