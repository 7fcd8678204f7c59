using Orchestrator.Api.Authentication.V1;
using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Tables;

namespace Orchestrator.ApiServer.Resources.Core.ServiceAccounts;

internal static class ServiceAccountResource
{
    /// <param name="tokens">Issues tokens for the account.</param>
    public static ResourceDefinition Definition(ICreateHandler tokens) => ResourceDefinition.For<ServiceAccount>() with
    {
        Strategy = new ResourceStrategy<ServiceAccount>(),
        Subresources = [Subresource.Create<TokenRequest>("token", tokens)],
        Columns = [Column.NameColumn, Column.AgeColumn],
    };
}
