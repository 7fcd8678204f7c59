using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Client;
using Orchestrator.Kubelet.Reporting;

namespace Orchestrator.Kubelet.Tests.Reporting;

[CancelAfter(30_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class PodStatusWriterTests
{
    private static readonly PodStatus Running = new() { Phase = "Running", PodIP = "10.244.0.5", Conditions = [Condition("Ready", "True"), Condition("ContainersReady", "True")] };

    private readonly FakeCluster cluster = new(new FakeClock());
    private readonly PodStatusWriter writer;

    public PodStatusWriterTests() => writer = new(cluster, new FakeClock(), NullLogger<PodStatusWriter>.Instance);

    private Pod Stored => cluster.Find<Pod>("default", "web")!;

    private int Writes => cluster.Writes.Count(request => request is { Verb: "patch", Subresource: "status" });

    [SetUp]
    public Task CreateAsync() => cluster.CreateAsync(Make.Pod("web"), default);

    [Test]
    public async Task Submit_TheSameAgain_WritesOnce()
    {
        await WriteAsync(Stored, Running);
        await WriteAsync(Stored, Running);
        Assert.That((Writes, Stored.Status!.Phase), Is.EqualTo((1, "Running")));
    }

    [Test]
    public async Task Submit_PodReadBeforeOurLastWrite_WritesNothing()
    {
        var old = Stored;
        await WriteAsync(old, Running);
        await WriteAsync(old, Running);
        Assert.That(Writes, Is.EqualTo(1));
    }

    [Test]
    public async Task Submit_MarkedByAnother_IsPutRight()
    {
        await WriteAsync(Stored, Running);
        await MarkNotReadyAsync();
        await WriteAsync(Stored, Running);
        Assert.That(ReadyOf(Stored), Is.EqualTo("True"));
    }

    [Test]
    public async Task Write_OvertakenByAMark_IsPutRight()
    {
        await WriteAsync(Stored, Running);
        var known = Stored;
        BeforeNextPatch(MarkNotReadyAsync);
        // Nothing about Ready is in this patch, and the pod as known here does not show the mark.
        await WriteAsync(known, Running with { Message = "another field" });
        Assert.That((ReadyOf(Stored), Stored.Status!.Message), Is.EqualTo(("True", "another field")));
    }

    [Test]
    public async Task Write_MarkSeenWhileItIsUnderWay_IsPutRight()
    {
        await WriteAsync(Stored, Running);
        var known = Stored;
        BeforeNextPatch(async () =>
        {
            await MarkNotReadyAsync();
            writer.Submit(Stored, Running with { Message = "another field" }, urgent: true, default);
        });
        await WriteAsync(known, Running with { Message = "another field" });
        Assert.That((ReadyOf(Stored), Stored.Status!.Message), Is.EqualTo(("True", "another field")));
    }

    [Test]
    public async Task Write_ServerStoresAnotherValue_IsNotRepeatedForEver()
    {
        cluster.Admit = item => item is Pod { Status: { } status } pod ? pod with { Status = status with { PodIP = "rounded" } } : item;
        await WriteAsync(Stored, Running);
        await WriteAsync(Stored, Running);
        Assert.That(Writes, Is.EqualTo(2), "one write, and one more try for what it did not bring about");
        Assert.That(Stored.Status!.PodIP, Is.EqualTo("rounded"));
    }

    [Test]
    public async Task Write_WhatTheSchedulerOwns_IsLeftAlone()
    {
        await WriteAsync(Stored, Running with { NominatedNodeName = "node7" });
        Assert.That(Stored.Status!.NominatedNodeName, Is.Null);
        await PatchAsync(new JsonObject { ["nominatedNodeName"] = "node2" });
        await WriteAsync(Stored, Running with { Message = "new" });
        Assert.That((Stored.Status!.NominatedNodeName, Stored.Status.Message), Is.EqualTo(("node2", "new")));
    }

    [Test]
    public async Task Write_OtherPodOfTheName_IsGone()
    {
        var old = Stored;
        await cluster.DeleteAsync<Pod>("default", "web", new() { GracePeriodSeconds = 0 }, default);
        await cluster.CreateAsync(Make.Pod("web"), default);
        await WriteAsync(old, Running);
        Assert.That((writer.IsGone, Stored.Status?.PodIP), Is.EqualTo((true, (string?)null)));
    }

    private static PodCondition Condition(string type, string status) => new() { Type = type, Status = status };

    private static string? ReadyOf(Pod pod) => pod.Status?.Conditions?.Single(condition => condition.Type == "Ready").Status;

    private Task WriteAsync(Pod pod, PodStatus status)
    {
        writer.Submit(pod, status, urgent: true, default);
        return writer.FlushAsync(default);
    }

    private Task MarkNotReadyAsync() =>
        PatchAsync(new JsonObject { ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = "False", ["reason"] = "NodeNotReady" }) });

    private Task PatchAsync(JsonObject status) =>
        cluster.PatchAsync<Pod>("default", "web", PatchType.StrategicMerge, new JsonObject { ["status"] = status }, "status", default);

    private void BeforeNextPatch(Func<Task> act) => cluster.Refuse = request =>
    {
        if (request.Verb != "patch")
            return null;
        cluster.Refuse = null;
        // The fake cluster answers before it returns.
        act().GetAwaiter().GetResult();
        return null;
    };
}
