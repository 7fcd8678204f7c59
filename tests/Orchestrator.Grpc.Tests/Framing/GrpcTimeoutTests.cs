using Orchestrator.Grpc.Framing;

namespace Orchestrator.Grpc.Tests.Framing;

[TestFixture]
internal sealed class GrpcTimeoutTests
{
    [TestCase(1, "100n")]
    [TestCase(TimeSpan.TicksPerMillisecond * 100, "100000u", Description = "100 ms would need nine digits of nanoseconds")]
    [TestCase(TimeSpan.TicksPerSecond * 30, "30000000u")]
    [TestCase(TimeSpan.TicksPerHour * 5, "18000000m")]
    [TestCase(long.MaxValue, "99999999H", Description = "29,227 years are more hours than eight digits hold")]
    [TestCase(0, "100n", Description = "a deadline that has passed still has to be positive")]
    public void Format_AnyTimeout_UsesTheFinestUnitOfEightDigits(long ticks, string expected) =>
        Assert.That(GrpcTimeout.Format(TimeSpan.FromTicks(ticks)), Is.EqualTo(expected));

    [TestCase("1S", 1.0)]
    [TestCase("250m", 0.25)]
    [TestCase("2M", 120.0)]
    [TestCase("1H", 3600.0)]
    public void TryParse_ValidHeader_ReadsIt(string text, double seconds)
    {
        Assert.That(GrpcTimeout.TryParse(text, out var timeout), Is.True);
        Assert.That(timeout.TotalSeconds, Is.EqualTo(seconds));
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("S")]
    [TestCase("1")]
    [TestCase("-1S")]
    [TestCase("1s")]
    [TestCase("1234567890S")]
    public void TryParse_BrokenHeader_IsRefused(string? text) => Assert.That(GrpcTimeout.TryParse(text, out _), Is.False);
}
