namespace Orchestrator.Api.Patches;

/// <summary>A patch that is malformed, or does not fit the object.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="isMalformed">True: the patch itself is wrong (400). False: it cannot be applied to this object (422).</param>
public sealed class PatchException(string message, bool isMalformed) : Exception(message)
{
    public bool IsMalformed { get; } = isMalformed;
}
