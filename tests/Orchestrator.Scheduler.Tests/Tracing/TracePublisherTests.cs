using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Api;
using Orchestrator.Api.Lab.V1Alpha1;
using Orchestrator.Api.Serialization;
using Orchestrator.Scheduler.Tracing;
using Orchestrator.Testing;

namespace Orchestrator.Scheduler.Tests.Tracing;

public sealed class TracePublisherTests
{
    private readonly TraceStore traces = new(TraceStore.DefaultCapacity);
    private readonly FakeClock clock = new();
    private readonly List<IReadOnlyList<SchedulingTrace>> posted = [];
    private readonly Queue<HttpStatusCode> answers = new();
    private readonly CancellationTokenSource stop = new();
    private Task running = Task.CompletedTask;

    [SetUp]
    public void Run()
    {
        var cluster = new FakeCluster(clock) { RawHandler = Answer };
        running = new TracePublisher(cluster, traces, clock, NullLogger<TracePublisher>.Instance).RunAsync(stop.Token);
    }

    [TearDown]
    public async Task Stop()
    {
        await stop.CancelAsync();
        Assert.That(async () => await running, Throws.InstanceOf<OperationCanceledException>());
        stop.Dispose();
    }

    [Test]
    public async Task Publish_ManyPods_InFewRequests()
    {
        for (var number = 0; number < 150; number++)
            traces.Add(Placed($"web-{number}"));
        await UntilAsync(() => posted.Sum(batch => batch.Count) == 150);

        Assert.That(posted.Select(batch => batch.Count), Has.All.LessThanOrEqualTo(100));
        Assert.That(posted, Has.Count.LessThanOrEqualTo(3));
        Assert.That(posted.SelectMany(batch => batch).Select(trace => trace.Metadata.Name), Is.EquivalentTo(Enumerable.Range(0, 150).Select(number => $"web-{number}")));
    }

    [Test]
    public async Task Publish_AfterAServerThatFailed_GoesOn()
    {
        answers.Enqueue(HttpStatusCode.ServiceUnavailable);
        answers.Enqueue(HttpStatusCode.NotFound);
        traces.Add(Placed("a"));
        await UntilAsync(() => posted.Count == 1);
        traces.Add(Placed("b"));
        await UntilAsync(() => posted.Count == 2);
        traces.Add(Placed("c"));
        await UntilAsync(() => posted.Count == 3);

        Assert.That(posted[2].Single().Metadata.Name, Is.EqualTo("c"));
    }

    private HttpResponseMessage Answer(HttpRequestMessage request)
    {
        Assert.That(request.RequestUri!.ToString(), Is.EqualTo("apis/lab.orc.dev/v1alpha1/schedulingtraces"));
        posted.Add(ApiJson.Deserialize<KubernetesList<SchedulingTrace>>(request.Content!.ReadAsByteArrayAsync().Result).Items);
        return new HttpResponseMessage(answers.TryDequeue(out var code) ? code : HttpStatusCode.Created);
    }

    private Task UntilAsync(Func<bool> condition) => clock.AdvanceUntilAsync(condition, TimeSpan.FromHours(1), TimeSpan.FromSeconds(1));

    private static PlacementTrace Placed(string pod) => new(
        new ObjectKey("default", pod), $"uid-{pod}", 1, DateTimeOffset.UnixEpoch, TimeSpan.Zero, 1, "n1", "", null, [], [], []);
}
