using System.Collections.Concurrent;
using System.Text.Json;
using Orchestrator.Linux.Security;
using Orchestrator.Runtime.Cri;

namespace Orchestrator.Runtime.Bundles;

/// <summary>
/// Assembled seccomp filters. The default profile depends on the capabilities alone, so few are ever assembled; a profile of
/// the node's own is read at each start, because its file may change.
/// </summary>
/// <param name="profileDirectory">Where relative names of localhost profiles lead.</param>
internal sealed class SeccompFilters(string profileDirectory)
{
    private readonly ConcurrentDictionary<ulong, byte[]> defaults = [];

    /// <returns>Empty when unconfined.</returns>
    /// <exception cref="RuntimeException">The node's profile is missing or malformed.</exception>
    public byte[] For(ContainerSecurity security, CapabilitySet capabilities) => security switch
    {
        { Privileged: true } or { Seccomp: SeccompProfileType.Unconfined } => [],
        { Seccomp: SeccompProfileType.Localhost } => Load(security.SeccompLocalhostProfile ?? "", capabilities),
        _ => defaults.GetOrAdd(capabilities.Bits, static bits => SeccompAssembler.Assemble(DefaultSeccompProfile.For(new CapabilitySet(bits)))),
    };

    private byte[] Load(string name, CapabilitySet capabilities)
    {
        var path = Path.Combine(profileDirectory, name);
        try
        {
            return SeccompAssembler.Assemble(SeccompProfileReader.Read(File.ReadAllBytes(path), capabilities));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or InvalidDataException)
        {
            throw new RuntimeException(RuntimeError.InvalidArgument, $"seccomp profile {path}: {exception.Message}", exception);
        }
    }
}
