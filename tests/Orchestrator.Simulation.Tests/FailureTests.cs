using Orchestrator.Simulation.Network;
using Orchestrator.Simulation.Pumping;

namespace Orchestrator.Simulation.Tests;

/// <summary>Whatever ends a run, the seed and the command to see it again are named, and the command does it.</summary>
public sealed class FailureTests
{
    [Test]
    public void Check_ThatThrows_IsAFailureOfItsSeed()
    {
        var options = Options(seed: 7) with { Sabotage = new Sabotage { Wire = monitor => new ThrowingMonitor(monitor) } };
        var failure = Assert.Throws<SimulationFailure>(() => SimulationRunner.Run(options))!;
        Assert.That(failure.Step, Is.GreaterThan(0));
        Assert.That(
            SimulationRunner.Describe(options, failure),
            Does.Contain($"seed 7 failed at step {failure.Step}").And.Contain("a check that throws").And.Contain("make simulate SEED=7 SECONDS=12.5 LOG=debug"));
    }

    [Test]
    public void Observer_ThatThrows_EndsTheRunAtItsStep()
    {
        var pump = new Pump(new Seeds(1));
        pump.Observe(() => throw new InvalidOperationException("a check that throws"));
        new SimulatedProcess(pump, "process").Post(() => { });
        Assert.That(() => pump.RunFor(TimeSpan.FromSeconds(1)), Throws.TypeOf<SimulationFailure>().With.Message.Contains("a check that throws (step 1,"));
    }

    [Test]
    public void Construction_ThatThrows_IsAFailureOfItsSeed() => Assert.That(
        () => SimulationRunner.Run(Options(seed: 7) with { Sabotage = new Sabotage { Store = _ => throw new InvalidOperationException("no store") } }),
        Throws.TypeOf<SimulationFailure>().With.Message.Contains("no store"));

    [Test]
    public async Task Step_ThatDoesNotEnd_IsNamedByTheWatchdog()
    {
        using var watchdog = new Watchdog(TimeSpan.FromMilliseconds(500));
        using var gate = new ManualResetEventSlim();
        var options = Options(seed: 7) with { Sabotage = new Sabotage { Wire = monitor => new ThrowingMonitor(monitor) { Before = gate.Wait } } };
        var run = Task.Factory.StartNew(
            () => Assert.Throws<SimulationFailure>(() => SimulationRunner.Run(options, watchdog: watchdog)), CancellationToken.None,
            TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var first = await Task.WhenAny(watchdog.Hung, Task.Delay(TimeSpan.FromSeconds(30)));
        gate.Set();
        await run;
        Assert.That(first, Is.SameAs(watchdog.Hung), "nobody noticed");
        var report = await watchdog.Hung;
        Assert.That(report, Does.StartWith("seed 7 failed at step ").And.Contain("a step has not ended").And.Contain("make simulate SEED=7"));
    }

    [TestCase(12.0)]
    [TestCase(12.5)]
    [TestCase(0.0000003)]
    [TestCase(98.7654321)]
    public void Command_IsForTheSameTimeToTheTick(double seconds)
    {
        var options = Options(seed: 1) with { Time = TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond)) };
        var text = SimulationRunner.CommandFor(options).Split("SECONDS=")[1].Split(' ')[0];
        var parsed = SimulateCommand.Create().Parse(["--seed", "1", "--seconds", text]).GetValue<decimal>("--seconds");
        Assert.That(SimulationRunner.TimeOf(parsed), Is.EqualTo(options.Time));
    }

    private static SimulationOptions Options(int seed) => new() { Seed = seed, Time = TimeSpan.FromSeconds(12.5) };

    /// <summary>A bug in a check.</summary>
    private sealed class ThrowingMonitor(IWireMonitor inner) : IWireMonitor
    {
        public Action Before { get; init; } = () => { };

        public void RequestArrived(Exchange exchange) => inner.RequestArrived(exchange);

        public void ResponseBegan(Exchange exchange, int status) => inner.ResponseBegan(exchange, status);

        public void BodyWritten(Exchange exchange, ReadOnlyMemory<byte> bytes) => inner.BodyWritten(exchange, bytes);

        public void ResponseEnded(Exchange exchange)
        {
            Before();
            throw new InvalidOperationException("a check that throws");
        }

        public void Lost(Exchange exchange) => inner.Lost(exchange);
    }
}
