using Orchestrator.Grpc;
using Orchestrator.Storage.Etcd.Wire;

namespace Orchestrator.Storage.Etcd;

internal static class EtcdMethods
{
    public static readonly GrpcMethod<RangeCall, RangeReply> Range = new("etcdserverpb.KV", "Range");
    public static readonly GrpcMethod<TxnCall, TxnReply> Txn = new("etcdserverpb.KV", "Txn");
    public static readonly GrpcMethod<CompactionCall, CompactionReply> Compact = new("etcdserverpb.KV", "Compact");
    public static readonly GrpcMethod<WatchCall, WatchReply> Watch = new("etcdserverpb.Watch", "Watch");
    public static readonly GrpcMethod<LeaseGrantCall, LeaseGrantReply> LeaseGrant = new("etcdserverpb.Lease", "LeaseGrant");
    public static readonly GrpcMethod<LeaseRevokeCall, LeaseRevokeReply> LeaseRevoke = new("etcdserverpb.Lease", "LeaseRevoke");
    public static readonly GrpcMethod<LeaseKeepAliveCall, LeaseKeepAliveReply> LeaseKeepAlive = new("etcdserverpb.Lease", "LeaseKeepAlive");
    public static readonly GrpcMethod<StatusCall, StatusReply> Status = new("etcdserverpb.Maintenance", "Status");
    public static readonly GrpcMethod<AlarmCall, AlarmReply> Alarm = new("etcdserverpb.Maintenance", "Alarm");
    public static readonly GrpcMethod<DefragmentCall, DefragmentReply> Defragment = new("etcdserverpb.Maintenance", "Defragment");
    public static readonly GrpcMethod<AuthenticateCall, AuthenticateReply> Authenticate = new("etcdserverpb.Auth", "Authenticate");
}
