using Orchestrator.Linux.Processes;

namespace Orchestrator.Linux.Tests.Processes;

[TestFixture]
internal sealed class SignalsTests
{
    [TestCase("SIGTERM", 15)]
    [TestCase("term", 15)]
    [TestCase("9", 9)]
    [TestCase("SIGRTMIN+3", 37)]
    [TestCase("RTMAX-1", 63)]
    [TestCase("SIGCLD", 17)]
    [TestCase("SIGRTMIN", 34)]
    public void TryParse_Name_GivesItsNumber(string text, int expected)
    {
        Assert.That(Signals.TryParse(text, out var signal));
        Assert.That(signal, Is.EqualTo(expected));
    }

    [TestCase("")]
    [TestCase(null)]
    [TestCase("0")]
    [TestCase("65")]
    [TestCase("SIGNOTHING")]
    [TestCase("RTMIN+99")]
    [TestCase("SIG")]
    [TestCase("-9")]
    public void TryParse_NoSignal_IsRefused(string? text) => Assert.That(Signals.TryParse(text, out _), Is.False);

    [TestCase(0x0300, 3)]
    [TestCase(9, 137)]
    [TestCase(0x8b, 139)]
    public void ExitCodeOf_WaitStatus_IsTheShellsNumber(int status, int expected) =>
        Assert.That(ChildProcess.ExitCodeOf(status), Is.EqualTo(expected));
}
