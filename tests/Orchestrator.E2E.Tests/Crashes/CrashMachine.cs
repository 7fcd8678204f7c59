using Orchestrator.E2E.Tests;

namespace Orchestrator.E2E.Crashes;

/// <summary>The machine is left as it was found.</summary>
[SetUpFixture]
public sealed class CrashMachine
{
    private static MachineState before = null!;

    [OneTimeSetUp]
    public void LookAround()
    {
        Assert.That(File.Exists(LabUnderTest.Orc), $"{LabUnderTest.Orc} is missing: run 'make build'");
        before = MachineState.Take();
        Directory.CreateDirectory(LabUnderTest.WorkDirectory);
    }

    [OneTimeTearDown]
    public void LookAgain()
    {
        Assert.That(MachineState.Take().LeftSince(before), Is.Empty, "left behind on the machine");
        Directory.Delete(LabUnderTest.WorkDirectory, recursive: true);
    }
}
