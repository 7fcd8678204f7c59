using Orchestrator.Api.Errors;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Client.Configuration;
using Orchestrator.Linux;
using Orchestrator.Runtime.Cri;
using Orchestrator.Storage;

namespace Orchestrator.Cli.Tests;

internal sealed class FailuresTests
{
    private static readonly Exception[] Foreseen =
    [
        new UserException("m"), new LinuxException(Errno.ENOENT, "open", "x"), new KubeconfigException("m"), new RuntimeException(RuntimeError.NotFound, "m"),
        new StoreException(StoreError.NoSpace, "m"), new IOException("m"), new UnauthorizedAccessException("m"), new HttpRequestException("m"),
        new FormatException("m"), new TimeoutException("m"), Refusal(null),
    ];

    [TestCaseSource(nameof(Foreseen))]
    public void Foreseen_IsOneLineWithoutTheNameOfAType(Exception exception)
    {
        var (text, exitCode) = Failures.Describe(exception, isPrivileged: true, isDebugging: false);

        Assert.That(exitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(text, Does.Not.Contain("Exception").And.Not.Contain("\n"));
    }

    [Test]
    public void Unforeseen_IsOneLineThatSaysHowToSeeMore()
    {
        var (text, exitCode) = Failures.Describe(Thrown(), isPrivileged: true, isDebugging: false);

        Assert.That(exitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(text, Is.EqualTo("orc: unforeseen ArgumentException: two lines (ORC_DEBUG=1 shows where)"));
        Assert.That(Failures.Describe(Thrown(), isPrivileged: true, isDebugging: true).Text, Does.Contain(nameof(Thrown)));
    }

    [Test]
    public void Denial_OfAnOrdinaryUser_AdvisesRoot()
    {
        Assert.That(Failures.Describe(new UnauthorizedAccessException("no"), isPrivileged: false, false).Text, Is.EqualTo("orc: no: this needs root, run it with sudo"));
        Assert.That(Failures.Describe(new LinuxException(Errno.EPERM, "kill", "1"), isPrivileged: false, false).Text, Does.EndWith("run it with sudo"));
        Assert.That(Failures.Describe(new LinuxException(Errno.ENOENT, "open", "x"), isPrivileged: false, false).Text, Does.Not.Contain("root"));
        Assert.That(Failures.Describe(new UnauthorizedAccessException("no"), isPrivileged: true, false).Text, Is.EqualTo("orc: no"));
    }

    [Test]
    public void ServerOutOfReach_AsksWhetherItRuns()
    {
        Assert.That(Failures.Describe(Refusal(new HttpRequestException("refused")), true, false).Text, Does.StartWith("orc: m;").And.Contain("'orc up'"));
        Assert.That(Failures.Describe(Refusal(null), true, false).Text, Is.EqualTo("Error from server (NotFound): m"));
    }

    [Test]
    public void Interruption_SaysNothing() => Assert.That(Failures.Describe(new TaskCanceledException(), true, false), Is.EqualTo(("", 130)));

    private static ApiException Refusal(Exception? inner) => new(new Status { Code = 404, Reason = StatusReason.NotFound, Message = "m" }, inner);

    private static ArgumentException Thrown()
    {
        try
        {
            throw new ArgumentException("two\nlines");
        }
        catch (ArgumentException exception)
        {
            return exception;
        }
    }
}
