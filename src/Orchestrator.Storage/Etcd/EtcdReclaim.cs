using Microsoft.Extensions.Logging;
using Orchestrator.Grpc;
using Orchestrator.Storage.Etcd.Wire;

namespace Orchestrator.Storage.Etcd;

/// <summary>
/// Has a cluster that has used up its quota take writes again. etcd's quota counts its file, which compaction does not make shorter, and
/// the alarm it raises stays until somebody takes it back; nothing else would do either.
/// Source: https://etcd.io/docs/v3.5/op-guide/maintenance/
/// </summary>
internal sealed partial class EtcdReclaim(EtcdConnection connection, ILogger logger)
{
    /// <summary>Less than one part in so many is not worth it: the member stands still meanwhile.</summary>
    private const int WorthwhileShare = 20;

    /// <summary>For a file of several gigabytes on a slow disk.</summary>
    private static readonly TimeSpan DefragmentTimeout = TimeSpan.FromMinutes(5);

    /// <summary>To be called after compaction, while the alarm is on. Nothing is done when compaction has freed too little.</summary>
    /// <exception cref="GrpcException">A member failed, or refuses this client; what has been done until then stays done.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var status = await connection.CallAsync(EtcdMethods.Status, new StatusCall(), cancellationToken);
        var free = status.DbSize - status.DbSizeInUse;
        if (free * WorthwhileShare < status.DbSize)
            return;
        LogReclaims(free, status.DbSize);
        await connection.CallEachAsync(EtcdMethods.Defragment, new DefragmentCall(), DefragmentTimeout, cancellationToken);
        var reply = await connection.CallAsync(EtcdMethods.Alarm, new AlarmCall(), cancellationToken);
        foreach (var raised in reply.Alarms.Where(one => one.Alarm == AlarmType.Nospace))
            await connection.CallAsync(EtcdMethods.Alarm, new AlarmCall { Action = AlarmCall.Types.Action.Deactivate, MemberId = raised.MemberId, Alarm = raised.Alarm }, cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "etcd has used up its quota; {FreeBytes} of the {Bytes} bytes of its file are free again: the file is made shorter and the alarm taken back")]
    private partial void LogReclaims(long freeBytes, long bytes);
}
