using Microsoft.Extensions.Logging;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Rbac.V1;
using Orchestrator.ApiServer.Authentication;
using Orchestrator.ApiServer.Hosting;

namespace Orchestrator.ApiServer.Bootstrap;

/// <summary>
/// Keeps the rules of cluster roles that are made of others. Runs in every API server; all come to the same rules, so it does not
/// matter who writes them.
/// </summary>
internal sealed partial class ClusterRoleAggregator(ILogger<ClusterRoleAggregator> logger) : IStartupTask
{
    /// <summary>Roles change rarely; comparing one number per interval costs nothing.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public string Name => "rbac/aggregated-roles";

    public async Task RunAsync(IApiServer server, CancellationToken cancellationToken)
    {
        var version = await AggregateAsync(server, cancellationToken);
        _ = FollowAsync(server, version, cancellationToken);
    }

    private async Task FollowAsync(IApiServer server, long version, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await Task.Delay(Interval, server.Time, cancellationToken);
                if (server.Reader.Version<ClusterRole>() != version)
                    version = await AggregateAsync(server, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception error)
            {
                LogFailed(error);
            }
        }
    }

    private static async Task<long> AggregateAsync(IApiServer server, CancellationToken cancellationToken)
    {
        // Rules pass from role to role (view to edit to admin): again until nothing changes.
        while (true)
        {
            var version = server.Reader.Version<ClusterRole>();
            var roles = server.Reader.List<ClusterRole>(null);
            var hasChanged = false;
            foreach (var role in roles.Where(role => role.AggregationRule is not null))
            {
                var rules = RoleAggregation.RulesOf(role, roles);
                if (RoleAggregation.Same(role.Rules, rules))
                    continue;
                hasChanged = true;
                await WriteAsync(server, role.Metadata.Name!, rules, cancellationToken);
            }

            if (!hasChanged)
                return version;
            await WaitForChangeAsync(server, version, cancellationToken);
        }
    }

    private static async Task WriteAsync(IApiServer server, string name, IReadOnlyList<PolicyRule> rules, CancellationToken cancellationToken)
    {
        try
        {
            await server.Writer.UpdateAsync<ClusterRole>("", name, "",
                role => RoleAggregation.Same(role.Rules, rules) ? role : role with { Rules = rules }, UserInfo.ApiServer, cancellationToken);
        }
        catch (ApiException error) when (error.Code == 404)
        {
            // Deleted meanwhile.
        }
    }

    /// <summary>Until the cache has seen what was just written.</summary>
    private static async Task WaitForChangeAsync(IApiServer server, long version, CancellationToken cancellationToken)
    {
        for (var i = 0; i < 100 && server.Reader.Version<ClusterRole>() == version; i++)
            await Task.Delay(TimeSpan.FromMilliseconds(10), server.Time, cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cluster roles that are made of others could not be brought up to date")]
    private partial void LogFailed(Exception error);
}
