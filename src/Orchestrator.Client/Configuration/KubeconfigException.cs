namespace Orchestrator.Client.Configuration;

/// <summary>A kubeconfig that cannot be read or lacks something; the message names the file and says what to do.</summary>
public sealed class KubeconfigException(string message, Exception? innerException = null) : Exception(message, innerException);
