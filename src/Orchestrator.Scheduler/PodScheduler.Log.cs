using Microsoft.Extensions.Logging;
using Orchestrator.Api;

namespace Orchestrator.Scheduler;

public sealed partial class PodScheduler
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Pod {Pod} bound to {Node}")]
    private partial void LogBound(ObjectKey pod, string node);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Pod {Pod} cannot be placed: {Reason}")]
    private partial void LogUnschedulable(ObjectKey pod, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Binding pod {Pod} to {Node} failed: {Reason}")]
    private partial void LogBindingFailed(ObjectKey pod, string node, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The condition of pod {Pod} could not be written: {Reason}")]
    private partial void LogReportFailed(ObjectKey pod, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Binding pod {Pod} to {Node} broke off")]
    private partial void LogBindingBroke(Exception exception, ObjectKey pod, string node);

    [LoggerMessage(Level = LogLevel.Error, Message = "Writing the condition of pod {Pod} broke off")]
    private partial void LogReportBroke(Exception exception, ObjectKey pod);
}
