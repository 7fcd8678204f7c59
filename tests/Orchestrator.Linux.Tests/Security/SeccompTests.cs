using System.Text;
using System.Text.Json;
using Orchestrator.Linux.Security;

namespace Orchestrator.Linux.Tests.Security;

[TestFixture]
internal sealed class SeccompTests
{
    private const uint Allow = 0x7fff0000;
    private const uint Refuse = 0x00050000 | Errno.EPERM;
    private const uint Absent = 0x00050000 | Errno.ENOSYS;

    [TestCase("read", new ulong[0], Allow)]
    [TestCase("mount", new ulong[0], Refuse)]
    [TestCase("bpf", new ulong[0], Refuse)]
    [TestCase("clone", new ulong[] { 0x00003d0f00 }, Allow)]
    [TestCase("clone", new ulong[] { 0x10000011 }, Refuse)]
    [TestCase("clone", new ulong[] { 0x40000011 }, Refuse)]
    [TestCase("clone3", new ulong[0], Absent)]
    [TestCase("personality", new ulong[] { 0 }, Allow)]
    [TestCase("personality", new ulong[] { 0xffffffff }, Allow)]
    [TestCase("personality", new ulong[] { 0x40000 }, Refuse)]
    [TestCase("personality", new ulong[] { 0x100000000 }, Refuse)]
    [TestCase("socket", new ulong[] { 2 }, Allow)]
    [TestCase("socket", new ulong[] { 40 }, Refuse)]
    [TestCase("chroot", new ulong[0], Allow)]
    [TestCase("setns", new ulong[0], Refuse)]
    public void Default_CallOfAnOrdinaryContainer_IsJudged(string name, ulong[] arguments, uint expected)
    {
        var program = SeccompAssembler.Assemble(DefaultSeccompProfile.For(CapabilitySet.ContainerDefault));

        Assert.That(Run(program, name, arguments), Is.EqualTo(expected));
    }

    [TestCase("mount")]
    [TestCase("clone3")]
    [TestCase("unshare")]
    public void Default_WithSysAdmin_AllowsWhatItGuards(string name)
    {
        var program = SeccompAssembler.Assemble(DefaultSeccompProfile.For(CapabilitySet.Of("SYS_ADMIN")));

        Assert.That(Run(program, name), Is.EqualTo(Allow));
    }

    [Test]
    public void Assemble_EveryNumber_GivesWhatTheRulesSay()
    {
        var allowed = new[] { "read", "write", "close", "execve", "openat2", "statx", "exit_group" };
        var program = SeccompAssembler.Assemble(new SeccompProfile(SeccompAction.Error(1), [new SeccompRule(SeccompAction.Allow, allowed)]));
        var numbers = allowed.Select(static name => SyscallTable.Numbers[name]).ToHashSet();

        for (var number = -1; number < 600; number++)
            Assert.That(FilterMachine.Run(program, SyscallTable.AuditArchitecture, number), Is.EqualTo(numbers.Contains(number) ? Allow : Refuse), $"number {number}");
    }

    [Test]
    public void Assemble_OtherArchitectureAndX32_GetTheDefault()
    {
        var program = SeccompAssembler.Assemble(DefaultSeccompProfile.For(CapabilitySet.All));

        Assert.That(FilterMachine.Run(program, 0x40000003, 3), Is.EqualTo(Refuse));
        Assert.That(FilterMachine.Run(program, SyscallTable.AuditArchitecture, 0x40000000), Is.EqualTo(Refuse));
    }

    [Test]
    public void Assemble_DefaultProfile_IsShort()
    {
        var program = SeccompAssembler.Assemble(DefaultSeccompProfile.For(CapabilitySet.ContainerDefault));

        Assert.That(program.Length / 8, Is.LessThan(400));
    }

    [TestCase(SeccompComparison.Equal, 0x1_0000_0005UL, true, false, false)]
    [TestCase(SeccompComparison.NotEqual, 0x1_0000_0005UL, false, true, true)]
    [TestCase(SeccompComparison.Less, 0x1_0000_0005UL, false, true, false)]
    [TestCase(SeccompComparison.LessOrEqual, 0x1_0000_0005UL, true, true, false)]
    [TestCase(SeccompComparison.Greater, 0x1_0000_0005UL, false, false, true)]
    [TestCase(SeccompComparison.GreaterOrEqual, 0x1_0000_0005UL, true, false, true)]
    public void Assemble_Comparison_IsUnsignedOver64Bits(SeccompComparison comparison, ulong value, bool same, bool below, bool above)
    {
        var rule = new SeccompRule(SeccompAction.Allow, ["read"], [new SeccompCondition(2, comparison, value), new SeccompCondition(0, SeccompComparison.Equal, 1)]);
        var program = SeccompAssembler.Assemble(new SeccompProfile(SeccompAction.Error(1), [rule]));

        Assert.Multiple(() =>
        {
            Assert.That(Run(program, "read", 1, 0, value) == Allow, Is.EqualTo(same));
            Assert.That(Run(program, "read", 1, 0, value - 1) == Allow, Is.EqualTo(below));
            Assert.That(Run(program, "read", 1, 0, value - 0x1_0000_0000) == Allow, Is.EqualTo(below));
            Assert.That(Run(program, "read", 1, 0, value + 1) == Allow, Is.EqualTo(above));
            Assert.That(Run(program, "read", 1, 0, 0x2_0000_0000) == Allow, Is.EqualTo(above));
            Assert.That(Run(program, "read", 2, 0, value), Is.EqualTo(Refuse));
        });
    }

    [Test]
    public void Read_Profile_TakesActionsConditionsAndCapabilities()
    {
        const string json = """
            {
              "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38,
              "syscalls": [
                { "names": ["read", "no_such_call"], "action": "SCMP_ACT_ALLOW" },
                { "names": ["mount"], "action": "SCMP_ACT_ALLOW", "includes": { "caps": ["CAP_SYS_ADMIN"] } },
                { "names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": [ { "index": 0, "value": 2114060288, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ" } ] },
                { "names": ["chroot"], "action": "SCMP_ACT_ERRNO", "errnoRet": 5, "excludes": { "caps": ["CAP_SYS_CHROOT"] } }
              ]
            }
            """;
        var program = SeccompAssembler.Assemble(SeccompProfileReader.Read(Encoding.UTF8.GetBytes(json), CapabilitySet.Empty));

        Assert.Multiple(() =>
        {
            Assert.That(Run(program, "read"), Is.EqualTo(Allow));
            Assert.That(Run(program, "mount"), Is.EqualTo(Absent));
            Assert.That(Run(program, "clone", 0x20000000), Is.EqualTo(Absent));
            Assert.That(Run(program, "clone", 0x11), Is.EqualTo(Allow));
            Assert.That(Run(program, "chroot"), Is.EqualTo(0x00050000 | 5));
        });
    }

    [TestCase("{}", typeof(InvalidDataException))]
    [TestCase("[]", typeof(InvalidDataException))]
    [TestCase("""{"defaultAction":"SCMP_ACT_NOTHING"}""", typeof(InvalidDataException))]
    [TestCase("""{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["read"]}]}""", typeof(InvalidDataException))]
    [TestCase("""{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["read"],"action":"SCMP_ACT_ALLOW","args":[{"index":9,"op":"SCMP_CMP_EQ"}]}]}""", typeof(InvalidDataException))]
    public void Read_Nonsense_IsRefused(string json, Type expected) =>
        Assert.That(() => SeccompProfileReader.Read(Encoding.UTF8.GetBytes(json), CapabilitySet.Empty), Throws.TypeOf(expected));

    [Test]
    public void Read_NoJson_IsRefused() =>
        Assert.That(() => SeccompProfileReader.Read("nonsense"u8.ToArray(), CapabilitySet.Empty), Throws.InstanceOf<JsonException>());

    private static uint Run(byte[] program, string name, params ulong[] arguments) =>
        FilterMachine.Run(program, SyscallTable.AuditArchitecture, SyscallTable.Numbers[name], arguments);
}
