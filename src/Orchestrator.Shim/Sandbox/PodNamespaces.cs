using System.Globalization;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Namespaces;
using Orchestrator.Linux.Processes;
using Orchestrator.Linux.Security;
using Orchestrator.Shim.Init;
using Orchestrator.Shim.Protocol;

namespace Orchestrator.Shim.Sandbox;

/// <summary>
/// The namespaces that the pod's containers share. The shim's own thread lives in those for network, IPC and UTS, so they last
/// as long as it does and nothing has to be mounted to keep them.
/// </summary>
internal sealed class PodNamespaces
{
    public bool IsStarted { get; private set; }

    /// <summary>A mount namespace whose root is the pod's shared memory; null when the pod uses the node's.</summary>
    public Descriptor? SharedMemory { get; private set; }

    /// <summary>The first process of the PID namespace that the containers share, or 0.</summary>
    public int FirstProcessId { get; private set; }

    /// <summary>The capabilities the shim can pass on.</summary>
    public CapabilitySet Possible { get; } = ProcessCalls.PermittedCapabilities();

    public async Task StartAsync(SandboxSpec spec, ProcessStarter starter, string directory)
    {
        if (IsStarted)
            throw new StartException("start sandbox", 0, "the sandbox is started already");
        Namespace.Unshare((NamespaceKinds)spec.Namespaces);
        if (spec.Hostname is not null && (spec.Namespaces & (long)NamespaceKinds.Uts) != 0)
            ProcessCalls.SetHostname(spec.Hostname);
        foreach (var (name, value) in spec.Sysctls)
            WriteSysctl(name, value);
        if ((spec.Namespaces & (long)NamespaceKinds.Ipc) != 0)
            SharedMemory = await starter.MakeSharedMemoryAsync(directory, spec.SharedMemoryBytes);
        if (spec.SharedPid)
            FirstProcessId = Child.StartFirstProcess((long)NamespaceKinds.Pid);
        IsStarted = true;
    }

    private static void WriteSysctl(string name, string value)
    {
        // "net.ipv4.conf.eth0/1.forwarding" may use either sign as separator; the first one used decides.
        var separator = name.IndexOfAny(['.', '/']);
        var path = separator >= 0 && name[separator] == '.' ? name.Replace('.', '\0').Replace('/', '.').Replace('\0', '/') : name;
        var errno = FileCalls.TryWriteControl("/proc/sys/" + path, value);
        if (errno != 0)
            throw new LinuxException(errno, "write", string.Create(CultureInfo.InvariantCulture, $"sysctl {name}={value}"));
    }
}
