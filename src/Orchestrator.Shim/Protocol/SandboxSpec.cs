namespace Orchestrator.Shim.Protocol;

/// <summary>The namespaces of a pod, which its shim makes and holds.</summary>
/// <param name="Namespaces">CLONE_NEW* bits of network, IPC and UTS.</param>
/// <param name="SharedPid">Whether the containers share one PID namespace, which then gets a first process of its own.</param>
/// <param name="SharedMemoryBytes">Size of the /dev/shm that the containers share.</param>
internal sealed record SandboxSpec(
    long Namespaces, bool SharedPid, string? Hostname, IReadOnlyList<KeyValuePair<string, string>> Sysctls, long SharedMemoryBytes)
{
    public void Write(WireWriter writer)
    {
        writer.Long(Namespaces);
        writer.Flag(SharedPid);
        writer.Text(Hostname);
        writer.List(Sysctls, static (output, pair) =>
        {
            output.Text(pair.Key);
            output.Text(pair.Value);
        });
        writer.Long(SharedMemoryBytes);
    }

    public static SandboxSpec Read(WireReader reader) => new(
        reader.Long(), reader.Flag(), reader.OptionalText(),
        reader.List(static input => new KeyValuePair<string, string>(input.Text(), input.Text())), reader.Long());
}
