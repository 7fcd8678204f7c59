using Orchestrator.Api.Coordination.V1;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Tables;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Resources.Coordination.Leases;

internal static class LeaseResource
{
    public static ResourceDefinition Definition { get; } = ResourceDefinition.For<Lease>() with
    {
        Strategy = new LeaseStrategy(),
        Columns =
        [
            Column.NameColumn,
            Column.Of<Lease>("Holder", "string", 0, lease => lease.Spec?.HolderIdentity ?? "", "Who holds the lease."),
            Column.AgeColumn,
        ],
    };
}

/// <summary>Leases: heartbeats of nodes and locks of leaders.</summary>
internal sealed class LeaseStrategy : ResourceStrategy<Lease>
{
    public override bool AllowsCreateOnUpdate => true;

    public override bool AllowsUnconditionalUpdate => false;

    protected override void Validate(Lease item, FieldErrors errors)
    {
        var path = FieldPath.Of("spec");
        NumberRules.CheckPositive(item.Spec?.LeaseDurationSeconds, path.Child("leaseDurationSeconds"), errors);
        NumberRules.CheckNotNegative(item.Spec?.LeaseTransitions, path.Child("leaseTransitions"), errors);
    }
}
