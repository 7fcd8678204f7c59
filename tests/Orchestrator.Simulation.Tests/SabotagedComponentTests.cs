using System.Text.RegularExpressions;
using NUnit.Framework.Constraints;
using Orchestrator.Simulation.Pumping;

namespace Orchestrator.Simulation.Tests;

/// <summary>The invariants over components and over the end of a run can fail: a component that does not do its work is found.</summary>
public sealed class SabotagedComponentTests
{
    private const string Answers = "what is asked for at rest is done";
    private const string Converges = "the cluster converges when faults stop";

    [Test]
    public void CounterBeyondWhatWasTried_IsFound() => Assert.That(
        () => SabotagedRun.With(Lying("user", "^PUT .*/configmaps/counter$", body => Regex.Replace(body, "\"n\":\"\\d+\"", "\"n\":\"99\""))),
        Breaks("no acknowledged write is lost", "the counter is 99 after 5 acknowledged increments"));

    [Test]
    public void PodThatIsNeverReady_IsFound() => Assert.That(
        () => SabotagedRun.With(Lying("node-1", "^PATCH .*/pods/[^/]+/status$", _ => "{}")), Breaks(Converges, "available; the state is"));

    [Test]
    public void NodeThatIsNeverRegistered_IsFound() => Assert.That(
        () => SabotagedRun.With(Lying("node-3", "^POST .*/nodes$", _ => null)),
        Breaks(Converges, "node-3 is missing"));

    [Test]
    public void ServiceOfAnotherName_IsFound() => Assert.That(
        () => SabotagedRun.With(Lying("user", "^POST .*/services$", body => body.Replace("\"name\":\"app-0\"", "\"name\":\"app-9\"", StringComparison.Ordinal))),
        Breaks(Converges, "service app-0 is missing"));

    [Test]
    public void PodThatItsKubeletDoesNotEnd_IsFound() => Assert.That(
        () => SabotagedRun.With(Lying("node-", "^DELETE .*/pods/", _ => null)), Breaks(Converges, "is still being deleted"));

    [Test]
    public void TaintNobodyWants_IsFound() => Assert.That(
        () => SabotagedRun.With(Lying("controllers", "^(PATCH|PUT) .*/nodes/[^/]+$", body => body.Replace("\"taints\":[]", "\"taints\":[{\"key\":\"example.org/other\",\"effect\":\"PreferNoSchedule\"}]", StringComparison.Ordinal))),
        Breaks(Converges, "has taints ["));

    [Test]
    public void EndpointOfAnotherAddress_IsFound() => Assert.That(
        () => SabotagedRun.With(Lying("controllers", "^(POST|PUT) .*/endpointslices", body => body.Replace("\"10.244.", "\"10.245.", StringComparison.Ordinal))),
        Breaks(Converges, "the endpoints of service app-0 are [10.245."));

    [Test]
    public void UserWhoIsNotAnswered_IsFound() => Assert.That(
        () => SabotagedRun.With(Lying("user", "^PUT .*/configmaps/counter$", _ => null)), Breaks("users are answered", "a user's action was not acknowledged"));

    [Test]
    public void ControllersThatStopAtRest_AreFound() => Assert.That(
        () => SabotagedRun.With(StoppingAtRest("controllers", "^(POST|PUT|PATCH|DELETE) .*/(deployments|replicasets|pods|endpointslices|nodes)")),
        Breaks(Answers, "was scaled, and has not"));

    [Test]
    public void KubeletThatStopsAtRest_IsFound() => Assert.That(
        () => SabotagedRun.With(StoppingAtRest("node-2", "^PATCH .*/pods/probe-")), Breaks(Answers, "node-2 does not run its pod"));

    [Test]
    public void OwnedObjectThatStays_IsFound() => Assert.That(
        () => SabotagedRun.With(Lying("controllers", "^DELETE .*/configmaps/", _ => null)), Breaks(Answers, "configmap default/probe is there"));

    [Test]
    public void NamespaceThatStays_IsFound() => Assert.That(
        () => SabotagedRun.With(Lying("controllers", "^PUT .*/namespaces/probe/finalize$", _ => null)), Breaks(Answers, "namespace probe was deleted, and is there"));

    [Test]
    public void ImageThatIsAnotherOnlyWithFaults_IsFound()
    {
        // One of the seeds that SeedTests compares.
        var options = new SimulationOptions { Seed = 4, Time = TimeSpan.FromSeconds(12) };
        var sabotage = Lying("controllers", "^POST .*/pods$", body => Regex.Replace(body, "app:v\\d+", "app:none"));
        Assert.That(
            () => SimulationRunner.Run(options with { Sabotage = sabotage }),
            Breaks(
                "the cluster converges to the same state as without faults",
                "only with faults\npods (app-0, registry.local/app:none, Running) 3\nonly without\npods (app-0, registry.local/app:v3, Running) 3\n"));
    }

    [Test]
    public void LoggedError_IsFound() => Assert.That(
        () => SabotagedRun.With(Lying("controllers", "^POST .*/pods$", _ => throw new InvalidOperationException("a bug"))),
        Breaks("no component logs an error", ", replicaset: replicaset failed to reconcile default/app-0"));

    [Test]
    public void AnswerThatMakesNoSense_IsFound() => Assert.That(
        () => SabotagedRun.With(new Sabotage { Transport = (process, transport) => process.Name == "node-2" ? new MishearingClient(transport, "pods.*watch") : transport }),
        Breaks("what arrives can be read", "node-2, Informer: What the server says of Pod makes no sense"));

    [Test]
    public void ProcessThatEnds_IsFound() => Assert.That(
        () => SabotagedRun.With(Lying("node-2", "^PATCH .*/status$", _ => throw new InvalidOperationException("a bug"))),
        Breaks("processes run on", "node-2 ended: a bug"));

    [Test]
    public void RangeOfPodAddressesGivenTwice_IsFound() => Assert.That(
        () => SabotagedRun.With(Lying("controllers", "^PATCH .*/nodes/[^/]+$", body => Regex.Replace(body, "10\\.244\\.\\d+\\.0", "10.244.0.0"))),
        Breaks("no address is given out twice", "has 10.244.0.0/24, which /registry/nodes/"));

    /// <summary>Loses what a component writes once all has settled.</summary>
    private static Sabotage StoppingAtRest(string component, string pattern) => new()
    {
        Transport = (process, transport) => process.Name.StartsWith(component, StringComparison.Ordinal)
            ? new LyingClient(transport, pattern, body => process.Pump.Now < TimeSpan.FromSeconds(60) ? body : null)
            : transport,
    };

    /// <param name="component">How the names of the processes begin.</param>
    private static Sabotage Lying(string component, string pattern, Func<string, string?> lie) => new()
    {
        Transport = (process, transport) =>
            process.Name.StartsWith(component, StringComparison.Ordinal) ? new LyingClient(transport, pattern, lie) : transport,
    };

    private static IResolveConstraint Breaks(string rule, string message) =>
        Throws.TypeOf<SimulationFailure>().With.Property(nameof(SimulationFailure.Rule)).EqualTo(rule).And.Message.Contains(message);
}
