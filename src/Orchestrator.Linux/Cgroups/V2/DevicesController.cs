using System.Runtime.InteropServices;
using Orchestrator.Linux.Files;

namespace Orchestrator.Linux.Cgroups.V2;

/// <summary>
/// Device rules on v2: an eBPF program of type BPF_PROG_TYPE_CGROUP_DEVICE, asked by the kernel at each mknod and open of a
/// device, attached to the cgroup's directory (bpf(2)).
/// </summary>
internal static unsafe partial class DevicesController
{
    private const int LoadProgram = 5;
    private const int AttachProgram = 8;
    private const uint ProgramTypeCgroupDevice = 15;
    private const uint AttachTypeCgroupDevice = 6;

    public static void Apply(string directory, IReadOnlyList<DeviceRule> rules)
    {
        using var program = Load(DeviceProgram.Assemble(rules));
        using var cgroup = FileCalls.Open(directory, OpenFlags.ReadOnly | OpenFlags.Directory);
        var attributes = stackalloc uint[32];
        new Span<uint>(attributes, 32).Clear();
        attributes[0] = (uint)cgroup.Number;
        attributes[1] = (uint)program.Number;
        attributes[2] = AttachTypeCgroupDevice;
        if (syscall(SyscallNumber.Bpf, AttachProgram, (nint)attributes, 32 * sizeof(uint)) < 0)
            throw LinuxException.FromLastError("bpf", $"attach to {directory}");
    }

    internal static Descriptor Load(ulong[] instructions)
    {
        var license = "Apache-2.0\0"u8;
        fixed (ulong* code = instructions)
        fixed (byte* licenseText = license)
        {
            // union bpf_attr for BPF_PROG_LOAD: type, count, instructions, license.
            var attributes = stackalloc ulong[16];
            new Span<ulong>(attributes, 16).Clear();
            attributes[0] = ProgramTypeCgroupDevice | ((ulong)instructions.Length << 32);
            attributes[1] = (ulong)code;
            attributes[2] = (ulong)licenseText;
            var result = syscall(SyscallNumber.Bpf, LoadProgram, (nint)attributes, 16 * sizeof(ulong));
            return result >= 0 ? new Descriptor((int)result) : throw LinuxException.FromLastError("bpf", "load device program");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint a, nint b, nint c);
}
