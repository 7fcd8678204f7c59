using Orchestrator.Linux;
using Orchestrator.Runtime.Cri;
using Orchestrator.Shim.Protocol;

namespace Orchestrator.Runtime.Shim;

/// <summary>Turns a shim's refusal into the runtime's terms.</summary>
internal static class ShimFailure
{
    public static RuntimeException ToException(Failure failure)
    {
        var error = failure switch
        {
            { Step: "find container", ErrorNumber: Errno.ENOENT } => RuntimeError.NotFound,
            { Step: "start container", ErrorNumber: Errno.EEXIST } => RuntimeError.AlreadyExists,
            _ => RuntimeError.StartFailed,
        };
        return new RuntimeException(error, failure.Message);
    }
}
