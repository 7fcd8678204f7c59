using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Lab;

/// <summary>
/// Kernel settings of the host that labs need. The first lab records the values it found, the last one to leave puts them back.
/// A file lock keeps labs that come and go at the same time apart.
/// </summary>
internal sealed class HostSettings(string directory)
{
    private const string IpForward = "net/ipv4/ip_forward";

    /// <summary>Labs hold the lock for milliseconds; one that waits this many rounds of a millisecond gives up.</summary>
    private const int LockRounds = 5000;

    private string StatePath => Path.Combine(directory, "host-network.json");

    /// <summary>Forwarding on, on behalf of the lab.</summary>
    public void Acquire(string lab)
    {
        using var held = Lock();
        var state = Load();
        var previous = new Dictionary<string, string>(state.Previous);
        previous.TryAdd(IpForward, Sysctl.Read(IpForward));
        string[] labs = state.Labs.Contains(lab) ? [.. state.Labs] : [.. state.Labs, lab];
        StateFile.Write(StatePath, new HostNetworkState(previous, labs), LabNetworkJson.Default.HostNetworkState);
        Sysctl.Write(IpForward, "1");
    }

    public void Release(string lab)
    {
        using var held = Lock();
        var state = Load();
        string[] labs = [.. state.Labs.Where(other => other != lab)];
        if (labs.Length > 0)
        {
            StateFile.Write(StatePath, state with { Labs = labs }, LabNetworkJson.Default.HostNetworkState);
            return;
        }
        foreach (var (name, value) in state.Previous)
            Sysctl.Write(name, value);
        File.Delete(StatePath);
    }

    private HostNetworkState Load() => StateFile.Read(StatePath, LabNetworkJson.Default.HostNetworkState) ?? HostNetworkState.Empty;

    private FileStream Lock()
    {
        Directory.CreateDirectory(directory);
        for (var round = 0; ; round++)
        {
            try
            {
                return new FileStream(Path.Combine(directory, "host-network.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None,
                    bufferSize: 1, FileOptions.DeleteOnClose);
            }
            catch (IOException) when (round < LockRounds)
            {
                Thread.Yield();
            }
        }
    }
}
