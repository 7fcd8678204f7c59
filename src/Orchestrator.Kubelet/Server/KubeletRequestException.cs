namespace Orchestrator.Kubelet.Server;

/// <summary>A request that is refused with this HTTP status and text.</summary>
internal sealed class KubeletRequestException(int statusCode, string message) : Exception(message)
{
    public int StatusCode { get; } = statusCode;
}
