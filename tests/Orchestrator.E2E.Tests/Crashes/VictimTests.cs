using System.Diagnostics;
using Orchestrator.E2E.Tests;

namespace Orchestrator.E2E.Crashes;

/// <summary>What was not killed is not counted.</summary>
[Category("Crash")]
public sealed class VictimTests
{
    private readonly string pidFile = Path.Combine(LabUnderTest.WorkDirectory, "victim.pid");
    private Process sleeper = null!;

    [SetUp]
    public void Start()
    {
        sleeper = Command.Start("sleep", ["60"]);
        var victim = Victim.Of(sleeper.Id);
        File.WriteAllText(pidFile, $"{victim.Pid} {victim.StartTicks}\n");
    }

    [TearDown]
    public void End()
    {
        sleeper.Kill();
        sleeper.Dispose();
        File.Delete(pidFile);
    }

    [Test]
    public void Kill_TheProcessOfAPidFile_ItIsGone()
    {
        var victim = Victim.Of(pidFile);
        Assert.That(victim.IsAlive, Is.True);
        victim.Kill("sleeper");
        Assert.That(victim.IsAlive, Is.False);
    }

    [Test]
    public void Kill_OneThatHasEnded_IsSeen()
    {
        Victim.Of(pidFile).Kill("sleeper");
        AssertSeen(() => Victim.Of(pidFile).Kill("sleeper"), "has ended by itself");
    }

    [Test]
    public void Kill_AnotherProcessThatWasGivenThePid_ItLives()
    {
        File.WriteAllText(pidFile, $"{sleeper.Id} 1\n");
        AssertSeen(() => Victim.Of(pidFile).Kill("sleeper"), "has ended by itself");
        Assert.That(sleeper.HasExited, Is.False);
    }

    [Test]
    public void Of_NoPidFile_IsSeen()
    {
        File.Delete(pidFile);
        AssertSeen(() => Victim.Of(pidFile), "a component that nobody has killed runs");
    }

    private static void AssertSeen(Action act, string what)
    {
        // Else a failed assertion within would fail this test, though it is caught.
        using (new NUnit.Framework.Internal.TestExecutionContext.IsolatedContext())
            Assert.That(act, Throws.InstanceOf<AssertionException>().With.Message.Contains(what));
    }
}
