namespace Orchestrator.Kubelet.Containers;

/// <summary>A container cannot be made from its spec; the message is for the pod's owner.</summary>
internal sealed class ContainerConfigException(string message, string reason = ContainerConfigException.CreateContainerConfigError, Exception? innerException = null)
    : Exception(message, innerException)
{
    public const string CreateContainerConfigError = nameof(CreateContainerConfigError);

    /// <summary>The waiting reason.</summary>
    public string Reason { get; } = reason;
}
