namespace Orchestrator.Api.Documents;

/// <summary>A body that is not JSON, or whose values have the wrong types. The message is worded as Kubernetes words it.</summary>
public sealed class DocumentException(string message, Exception? innerException = null) : Exception(message, innerException);
