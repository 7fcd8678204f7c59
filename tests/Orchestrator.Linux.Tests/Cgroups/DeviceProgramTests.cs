using Orchestrator.Linux.Cgroups;
using Orchestrator.Linux.Cgroups.V2;

namespace Orchestrator.Linux.Tests.Cgroups;

[TestFixture]
internal sealed class DeviceProgramTests
{
    private const int MakeNode = 1;
    private const int Read = 2;
    private const int Write = 4;

    private static readonly ulong[] Default = DeviceProgram.Assemble(DeviceRule.ContainerDefaults);

    [TestCase('c', 1, 3, Read | Write, true)]
    [TestCase('c', 1, 3, MakeNode, true)]
    [TestCase('c', 1, 11, Read, false)]
    [TestCase('c', 1, 11, MakeNode, true)]
    [TestCase('c', 1, 11, MakeNode | Read, false)]
    [TestCase('b', 8, 0, Read, false)]
    [TestCase('b', 8, 0, MakeNode, true)]
    [TestCase('c', 136, 77, Write, true)]
    [TestCase('b', 1, 3, Read, false)]
    public void ContainerDefaults_Device_IsJudged(char type, int major, int minor, int access, bool allowed) =>
        Assert.That(Run(Default, type, major, minor, access), Is.EqualTo(allowed));

    [Test]
    public void Everything_Device_IsAllowed() =>
        Assert.That(Run(DeviceProgram.Assemble([DeviceRule.Everything]), 'b', 8, 0, Read | Write | MakeNode));

    [Test]
    public void NoRules_Device_IsRefused() => Assert.That(Run(DeviceProgram.Assemble([]), 'c', 1, 3, Read), Is.False);

    [Test, Category("Root")]
    public void Apply_CgroupOfTheMachine_TheKernelTakesTheProgram()
    {
        var layout = CgroupLayout.Detect();
        if (!Environment.IsPrivilegedProcess || layout.UnifiedMount is null)
            Assert.Ignore("needs root and a cgroup v2 mount");
        var directory = Path.Combine(layout.UnifiedMount!, $"orc-device-test-{Environment.ProcessId}");
        Directory.CreateDirectory(directory);
        try
        {
            Assert.That(() => DevicesController.Apply(directory, DeviceRule.ContainerDefaults), Throws.Nothing);
        }
        finally
        {
            Directory.Delete(directory);
        }
    }

    // Runs the few eBPF instructions that device programs use.
    private static bool Run(ulong[] program, char type, int major, int minor, int access)
    {
        var context = new[] { (access << 16) | (type == 'b' ? 1 : 2), major, minor };
        var registers = new long[11];
        for (var at = 0; ; at++)
        {
            var (operation, target, source) = ((byte)program[at], (int)(program[at] >> 8) & 15, (int)(program[at] >> 12) & 15);
            var (offset, immediate) = ((short)(program[at] >> 16), (int)(program[at] >> 32));
            switch (operation)
            {
                case 0x61:
                    registers[target] = (uint)context[offset / 4];
                    break;
                case 0xb7:
                    registers[target] = immediate;
                    break;
                case 0xbf:
                    registers[target] = registers[source];
                    break;
                case 0x54:
                    registers[target] = (uint)registers[target] & (uint)immediate;
                    break;
                case 0x74:
                    registers[target] = (uint)registers[target] >> immediate;
                    break;
                case 0x55:
                    at += registers[target] != immediate ? offset : 0;
                    break;
                case 0x5d:
                    at += registers[target] != registers[source] ? offset : 0;
                    break;
                case 0x95:
                    return registers[0] == 1;
                default:
                    throw new InvalidDataException($"instruction {at} is unknown");
            }
        }
    }
}
