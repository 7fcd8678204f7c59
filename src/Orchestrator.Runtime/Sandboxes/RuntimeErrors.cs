using Orchestrator.Linux;
using Orchestrator.Network.Pods;
using Orchestrator.Runtime.Cri;

namespace Orchestrator.Runtime.Sandboxes;

/// <summary>The one place where failures of the kernel, the disk and the network become the runtime's own.</summary>
internal static class RuntimeErrors
{
    public static async Task<T> Explain<T>(Task<T> verb)
    {
        try
        {
            return await verb;
        }
        catch (Exception exception) when (exception is LinuxException or IOException or UnauthorizedAccessException or PodNetworkException)
        {
            throw new RuntimeException(RuntimeError.Internal, exception.Message, exception);
        }
    }

    public static async Task Explain(Task verb)
    {
        try
        {
            await verb;
        }
        catch (Exception exception) when (exception is LinuxException or IOException or UnauthorizedAccessException or PodNetworkException)
        {
            throw new RuntimeException(RuntimeError.Internal, exception.Message, exception);
        }
    }
}
