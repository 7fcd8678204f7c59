using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using Orchestrator.Api.Schema;

namespace Orchestrator.Api.Documents.Protobuf;

/// <summary>The fields of one struct by protobuf number. Built on first use; immutable.</summary>
internal sealed class ProtoFields
{
    private static readonly ConditionalWeakTable<SchemaFields, ProtoFields> Tables = [];

    /// <summary>
    /// Fields that are optional pointers in Kubernetes' own types: their zero is a value. Everywhere else the wire carries a zero
    /// for "not set", which JSON leaves out.
    /// </summary>
    private static readonly FrozenSet<string> PointerFields = FrozenSet.Create(
        "replicas", "revisionHistoryLimit", "progressDeadlineSeconds", "terminationGracePeriodSeconds", "activeDeadlineSeconds", "runAsUser", "runAsGroup",
        "fsGroup", "priority", "defaultMode", "mode", "gracePeriodSeconds", "deletionGracePeriodSeconds", "expirationSeconds", "tolerationSeconds",
        "leaseDurationSeconds", "leaseTransitions", "parallelism", "completions", "backoffLimit", "ttlSecondsAfterFinished", "minReplicas", "partition",
        "storageClassName", "targetPort", "enableServiceLinks", "automountServiceAccountToken", "shareProcessNamespace", "privileged", "runAsNonRoot",
        "readOnlyRootFilesystem", "allowPrivilegeEscalation", "optional", "immutable", "controller", "blockOwnerDeletion", "hostUsers",
        "allocateLoadBalancerNodePorts", "setHostnameAsFQDN", "orphanDependents", "ready", "serving", "terminating", "suspend", "started", "allowed");

    private readonly Dictionary<(int Number, int Inner), SchemaField> fields = [];
    private readonly HashSet<int> embedded = [];

    private ProtoFields(SchemaFields schema)
    {
        foreach (var field in schema)
        {
            if (field.ProtoNumber == 0)
                continue;
            fields[(field.ProtoNumber, field.ProtoInnerNumber)] = field;
            if (field.ProtoInnerNumber > 0)
                embedded.Add(field.ProtoNumber);
        }
    }

    public static ProtoFields Of(SchemaNode schema) => Tables.GetValue(schema.Fields, fields => new ProtoFields(fields));

    public static bool KeepsZero(string name) => PointerFields.Contains(name);

    public SchemaField? Find(int number, int inner) => fields.GetValueOrDefault((number, inner));

    public bool IsEmbedded(int number) => embedded.Contains(number);
}
