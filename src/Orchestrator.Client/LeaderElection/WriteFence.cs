using Orchestrator.Api.Errors;
using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Client.LeaderElection;

/// <summary>What holds back the writes of one flow once another instance may lead; whoever sends one again asks it again.</summary>
internal static class WriteFence
{
    private static readonly AsyncLocal<Func<bool>?> Current = new();

    /// <summary>Puts it up around what the calling asynchronous method goes on to do, and no longer.</summary>
    /// <exception cref="ApiException">503: this instance may not lead any more.</exception>
    public static void Raise(Func<bool> isLeading)
    {
        Current.Value = isLeading;
        Check();
    }

    /// <exception cref="ApiException">503: this instance may not lead any more.</exception>
    public static void Check()
    {
        if (Current.Value?.Invoke() == false)
            throw ApiErrors.Make(503, StatusReason.ServiceUnavailable, "this instance may not lead any more: nothing was written");
    }
}
