using Orchestrator.Shim.Init;
using Orchestrator.Shim.Protocol;

namespace Orchestrator.Shim.Tests.Init;

[TestFixture]
internal sealed class RootProgramTests
{
    [Test]
    public void Add_BindAndFilesystem_CopiesBeforeThePivotAndHangsAfter()
    {
        using var program = new StepProgram();
        RootProgram.Add(program, Spec(["/lower"], MountSpec.Bind("/tmp", "/data", MountSpec.AttributeReadOnly, 0, Propagation.Private)), null);

        Assert.That(Steps(program), Is.EqualTo(new[]
        {
            "open_tree /tmp", "mount_setattr /tmp", "mount_setattr /tmp", "mount none on /", "mount overlay on /mount", "chdir /mount",
            "pivot_root", "umount the old root", "chdir /", "mkdir /data", "mount on /data",
        }));
    }

    [Test]
    public void Add_ProcAndSys_MustBeDirectoriesOfTheirOwn()
    {
        using var program = new StepProgram();
        RootProgram.Add(program, Spec(["/lower"], MountSpec.Filesystem("proc", "proc", "/proc", 0, "")), null);

        Assert.That(Steps(program)[^4..], Is.EqualTo(new[] { "mkdir /proc", "open /proc", "close /proc", "mount proc on /proc" }));
    }

    [Test]
    public void Add_MoreLayersThanOptionsHold_PassesThemByDescriptor()
    {
        using var program = new StepProgram();
        var layers = Enumerable.Range(0, 60).Select(static number => $"/{new string('l', 100)}/{number}").ToArray();
        RootProgram.Add(program, Spec(layers), null);

        Assert.That(Steps(program).Count(static step => step == "dup3 of a layer"), Is.EqualTo(60));
    }

    [Test]
    public void Add_SharedMemoryWithoutOne_IsRefused()
    {
        using var program = new StepProgram();
        var mount = new MountSpec(MountKind.SharedMemory, "shm", "/dev/shm", "", 0, "", 0, 0, Propagation.Private);

        Assert.That(() => RootProgram.Add(program, Spec(["/lower"], mount), null), Throws.TypeOf<StartException>());
    }

    private static string[] Steps(StepProgram program) => Enumerable.Range(0, program.Count)
        .Select(program.Describe)
        .Where(static step => !step.StartsWith("symlink", StringComparison.Ordinal))
        .ToArray();

    private static ContainerSpec Spec(IReadOnlyList<string> layers, params MountSpec[] mounts) => new(
        "id", "/state", null, new RootSpec(layers, "/upper", "/work", "/mount", false), new CgroupSpec(null, [], null, null, []), 0, null,
        mounts, [], [], [], new ProcessSpec(["sh"], [], "/", false, false, false), new UserSpec("", null, [], true),
        new SecuritySpec(0, 0, 0, 0, false, [], null, []));
}
