using Orchestrator.Simulation.Network;
using Orchestrator.Simulation.Pumping;
using Orchestrator.Storage;

namespace Orchestrator.Simulation.Tests;

/// <summary>Each invariant can fail: a bug is put in, and the invariant that is there for it finds it.</summary>
public sealed class SabotageTests
{
    private const string Counter = "/registry/configmaps/default/counter";

    private static readonly byte[] Expired = [.. """{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Expired","code":410}}"""u8, (byte)'\n'];

    [Test]
    public void NoBug_BreaksNoRule() => Assert.That(() => SabotagedRun.With(Sabotage.None), Throws.Nothing);

    [Test]
    public void LostWrite_IsFound() => Assert.That(
        RuleBrokenBy(new Sabotage { Store = store => new LyingStore(store) { LosesWrite = 60 } }), Is.EqualTo("no acknowledged write is lost"));

    [Test]
    public void WriteThatIsNotWhatWasAsked_IsFound() => Assert.That(
        RuleBrokenBy(new Sabotage { Store = store => new LyingStore(store) { GarblesWrite = 60 } }), Is.EqualTo("nothing is written that nobody asked for"));

    [Test]
    public void SkippedWatchEvent_IsFound() => Assert.That(
        RuleBrokenBy(new Sabotage { Store = store => new LyingStore(store) { SkipsBatch = 40 } }), Is.EqualTo("every watcher's sequence equals the log"));

    [Test]
    public void RepeatedWatchEvent_IsFound() => Assert.That(
        RuleBrokenBy(new Sabotage { Store = store => new LyingStore(store) { RepeatsBatch = 40 } }), Is.EqualTo("every watcher's sequence equals the log"));

    [Test]
    public void OldRead_IsFound() => Assert.That(
        RuleBrokenBy(new Sabotage { Store = store => new LyingStore(store) { ReadsBack = 40 } }), Is.EqualTo("revisions only grow"));

    [Test]
    public void WatchEventWithAnotherValue_IsFound() => Assert.That(
        RuleBrokenBy(new Sabotage { Store = store => new LyingStore(store) { GarblesBatch = 40 } }), Is.EqualTo("every watcher's sequence equals the log"));

    [Test]
    public void ReadOfAnotherValue_IsFound() => Assert.That(
        RuleBrokenBy(new Sabotage { Store = store => new LyingStore(store) { GarblesGet = 20 } }), Is.EqualTo("what is shown is what the log holds"));

    [Test]
    public void RangeWithoutAKey_IsFound() => Assert.That(
        RuleBrokenBy(new Sabotage { Store = store => new LyingStore(store) { GarblesRange = 1 } }), Is.EqualTo("what is shown is what the log holds"));

    [Test]
    public void WriteNobodyAskedFor_IsFound() => Assert.That(
        RuleBrokenBy(new Sabotage { Store = store => new LyingStore(store) { InventsWrite = 120 } }), Is.EqualTo("nothing is written that nobody asked for"));

    [Test]
    public void StoreThatAnswersNoWrite_IsFound() => Assert.That(
        RuleBrokenBy(new Sabotage { Store = store => new LyingStore(store) { IsMute = true } }), Is.EqualTo("the cluster starts"));

    [Test]
    public void OldAnswer_IsFound() => Assert.That(
        RuleBrokenBy(new Sabotage { Wire = monitor => new DeafMonitor(monitor) { HearsOldCounter = true } }), Is.EqualTo("no read goes back behind an acknowledged write"));

    [Test]
    public void WatchLineAServerNeverSent_IsFound() => Assert.That(
        RuleBrokenBy(new Sabotage { Wire = monitor => new DeafMonitor(monitor) { MissesLine = 5 } }), Is.EqualTo("every watcher's sequence equals the log"));

    [Test]
    public void WatchThatExpiresWithoutCompaction_IsFound() => Assert.That(
        RuleBrokenBy(new Sabotage { Wire = monitor => new DeafMonitor(monitor) { HearsAfterLine = 5, WhatWasNotSent = Expired } }), Is.EqualTo("every watcher's sequence equals the log"));

    [Test]
    public void LateWriteThatOverwritesAnother_IsFoundByTheCounter() => Assert.That(
        () => SabotagedRun.With(new Sabotage { Store = store => new LyingStore(store) { LateKey = Counter, ForgetsConditions = true } }),
        Throws.TypeOf<SimulationFailure>().With.Message.Contains("the counter is 2 after 4 acknowledged increments and 1 unknown ones"));

    [Test]
    public void WriteOverAnothersWrite_IsFound() => Assert.That(
        RuleBrokenBy(new Sabotage { Store = store => new LyingStore(store) { UnconditionalKey = Counter } }), Is.EqualTo("no acknowledged write is lost"));

    [Test]
    public void LateWriteThatComesInVain_BreaksNoRule() => Assert.That(
        () => SabotagedRun.With(new Sabotage { Store = store => new LyingStore(store) { LateKey = Counter } }), Throws.Nothing);

    private static string RuleBrokenBy(Sabotage sabotage) => Assert.Throws<SimulationFailure>(() => SabotagedRun.With(sabotage))!.Rule;

    /// <summary>
    /// Misses one line of the watches it hears, as if the server had not sent it, or hears what it did not send: a line, or the counter
    /// as it was first.
    /// </summary>
    private sealed class DeafMonitor(IWireMonitor inner) : IWireMonitor
    {
        private int lines;
        private byte[]? firstCounter;

        public int MissesLine { get; init; }

        public int HearsAfterLine { get; init; }

        public byte[] WhatWasNotSent { get; init; } = [];

        public bool HearsOldCounter { get; init; }

        public void RequestArrived(Exchange exchange) => inner.RequestArrived(exchange);

        public void ResponseBegan(Exchange exchange, int status) => inner.ResponseBegan(exchange, status);

        public void BodyWritten(Exchange exchange, ReadOnlyMemory<byte> bytes)
        {
            if (HearsOldCounter && exchange.Method == "GET" && bytes.Span.StartsWith("{\"kind\":\"ConfigMap\""u8))
                bytes = firstCounter ??= bytes.ToArray();
            var isPods = exchange.Uri.PathAndQuery.StartsWith("/api/v1/pods?", StringComparison.Ordinal) && exchange.Uri.Query.Contains("watch", StringComparison.Ordinal);
            // Pieces of lines are left alone: a line that is cut is another fault.
            if (!isPods || !bytes.Span.StartsWith("{\"type\""u8) || bytes.Span[^1] != (byte)'\n' || exchange.Uri.Query.Contains("fieldSelector", StringComparison.Ordinal) || ++lines != MissesLine)
                inner.BodyWritten(exchange, bytes);
            if (lines == HearsAfterLine)
                inner.BodyWritten(exchange, WhatWasNotSent);
        }

        public void ResponseEnded(Exchange exchange) => inner.ResponseEnded(exchange);

        public void Lost(Exchange exchange) => inner.Lost(exchange);
    }
}
