using Orchestrator.Simulation.Network;
using Orchestrator.Simulation.Pumping;

namespace Orchestrator.Simulation.Tests;

public sealed class ResponseBodyTests
{
    private Pump pump = null!;
    private ResponseBody body = null!;

    [SetUp]
    public void SetUp()
    {
        pump = new Pump(new Seeds(1));
        body = new ResponseBody(new SimulatedProcess(pump, "client"));
    }

    [TearDown]
    public void TearDown() => body.Dispose();

    [Test]
    public async Task Read_BytesThatComeLater_AreGivenToIt()
    {
        var buffer = new byte[2];
        var reading = body.ReadAsync(buffer);
        body.Arrive([1, 2, 3]);
        Assert.That((await reading, buffer), Is.EqualTo((2, new byte[] { 1, 2 })));
        Assert.That((await body.ReadAsync(buffer), buffer[0]), Is.EqualTo((1, 3)));
    }

    /// <summary>The reader has given its buffer back: somebody else's bytes are in it.</summary>
    [Test]
    public void Read_Cancelled_LeavesItsBufferAlone()
    {
        var buffer = new byte[2];
        using var cancellation = new CancellationTokenSource();
        var reading = body.ReadAsync(buffer, cancellation.Token).AsTask();
        cancellation.Cancel();
        pump.RunFor(TimeSpan.FromSeconds(1));
        body.Arrive([1]);

        Assert.That(reading.IsCanceled, Is.True);
        Assert.That(buffer, Is.EqualTo(new byte[2]));
        Assert.That(body.ReadAsync(buffer).AsTask().IsCompletedSuccessfully, Is.True);
        Assert.That(buffer, Is.EqualTo(new byte[] { 1, 0 }), "it was kept for the next one");
    }

    [Test]
    public void Dispose_WhileARead_LeavesItsBufferAlone()
    {
        var buffer = new byte[2];
        _ = body.ReadAsync(buffer).AsTask();
        body.Dispose();
        body.Arrive([1]);

        Assert.That(buffer, Is.EqualTo(new byte[2]));
    }
}
