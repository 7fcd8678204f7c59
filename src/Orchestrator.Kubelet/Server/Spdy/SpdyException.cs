namespace Orchestrator.Kubelet.Server.Spdy;

/// <summary>The peer broke the protocol; the connection is of no more use.</summary>
internal sealed class SpdyException(string message, Exception? innerException = null) : IOException(message, innerException);
