using Orchestrator.Simulation.Pumping;

namespace Orchestrator.Simulation.Tests;

public sealed class PumpTests
{
    private Pump pump = null!;
    private SimulatedProcess process = null!;

    [SetUp]
    public void SetUp()
    {
        pump = new Pump(new Seeds(1));
        process = new SimulatedProcess(pump, "process");
    }

    [Test]
    public void Delay_OfAnHour_TakesNoTime()
    {
        var isDone = false;
        process.Start(async () =>
        {
            await Task.Delay(TimeSpan.FromHours(1), process.Clock, CancellationToken.None);
            isDone = true;
        });
        Assert.That(pump.RunUntil(() => isDone, TimeSpan.FromHours(2)), Is.True);
        Assert.That(pump.Now, Is.EqualTo(TimeSpan.FromHours(1)).Within(TimeSpan.FromSeconds(1)));
    }

    [Test]
    public void Continuation_OnThePool_IsFound()
    {
        var gate = new TaskCompletionSource();
        process.Start(() => gate.Task);
        pump.RunFor(TimeSpan.FromSeconds(1));
        Task.Run(gate.SetResult).Wait();
        Assert.That(
            () => pump.RunFor(TimeSpan.FromSeconds(1)),
            Throws.TypeOf<SimulationFailure>().With.Property(nameof(SimulationFailure.Rule)).EqualTo("one thread"));
    }

    [Test]
    public void Kill_BetweenTwoAwaits_EndsTheProcessThere()
    {
        var passed = 0;
        process.Start(async () =>
        {
            for (; ; passed++)
                await Task.Delay(TimeSpan.FromSeconds(1), process.Clock, CancellationToken.None);
        });
        pump.RunFor(TimeSpan.FromSeconds(3.5));
        process.Kill();
        pump.RunFor(TimeSpan.FromSeconds(10));
        Assert.That(passed, Is.EqualTo(3));
    }

    [Test]
    public void Freeze_ThenThaw_GoesOnWhereItStood()
    {
        var passed = 0;
        process.Start(async () =>
        {
            for (; ; passed++)
                await Task.Delay(TimeSpan.FromSeconds(1), process.Clock, CancellationToken.None);
        });
        process.Freeze();
        pump.RunFor(TimeSpan.FromSeconds(10));
        Assert.That(passed, Is.Zero);
        process.Thaw();
        pump.RunFor(TimeSpan.FromSeconds(3.5));
        Assert.That(passed, Is.EqualTo(3));
    }

    [Test]
    public void Failure_OfAProcess_EndsTheRun()
    {
        process.Start(() => throw new InvalidOperationException("a bug"));
        Assert.That(() => pump.RunFor(TimeSpan.FromSeconds(1)), Throws.TypeOf<SimulationFailure>().With.Message.Contains("a bug"));
    }

    [Test]
    public void Failure_WhereNobodyCatches_EndsTheRun()
    {
        process.Post(() => throw new InvalidOperationException("a bug"));
        Assert.That(
            () => pump.RunFor(TimeSpan.FromSeconds(1)), Throws.TypeOf<SimulationFailure>().With.Message.Contains("process threw where nobody catches: a bug"));
    }

    [Test]
    public void Main_ThatEnds_EndsTheRun([Values] bool isCancelled)
    {
        process.StartMain(() => isCancelled ? Task.FromCanceled(new CancellationToken(canceled: true)) : Task.CompletedTask);
        Assert.That(
            () => pump.RunFor(TimeSpan.FromSeconds(1)),
            Throws.TypeOf<SimulationFailure>().With.Property(nameof(SimulationFailure.Rule)).EqualTo("processes run on").And.Message.Contains("process ended"));
    }
}
