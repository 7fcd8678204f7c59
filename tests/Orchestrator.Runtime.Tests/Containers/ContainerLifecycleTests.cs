using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Tests.Sandboxes;

namespace Orchestrator.Runtime.Tests.Containers;

[TestFixture]
internal sealed class ContainerLifecycleTests : RuntimeFixture
{
    [Test, CancelAfter(30_000)]
    public async Task Start_ProgramThatEnds_IsExitedWithItsCodeAndOutput()
    {
        var (status, output) = await RunToEndAsync(Shell("echo hello; echo oops >&2; exit 3"));

        Assert.Multiple(() =>
        {
            Assert.That(status.State, Is.EqualTo(ContainerState.Exited));
            Assert.That(status.ExitCode, Is.EqualTo(3));
            Assert.That(status.Reason, Is.EqualTo("Error"));
            Assert.That(output, Is.EqualTo("hello\noops").Or.EqualTo("oops\nhello"));
            Assert.That(File.ReadAllText(status.LogPath), Does.Match(@"(?m)^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z stdout F hello$"));
            Assert.That(File.ReadAllText(status.LogPath), Does.Match(@"(?m)Z stderr F oops$"));
            Assert.That(status.StartedAt, Is.Not.Null);
            Assert.That(status.FinishedAt, Is.GreaterThanOrEqualTo(status.StartedAt!.Value));
        });
    }
}
