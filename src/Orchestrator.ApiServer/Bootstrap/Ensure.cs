using Orchestrator.Api;
using Orchestrator.Api.Errors;
using Orchestrator.ApiServer.Authentication;
using Orchestrator.ApiServer.Hosting;

namespace Orchestrator.ApiServer.Bootstrap;

/// <summary>Brings bootstrap objects about. Several servers may do so at once.</summary>
internal static class Ensure
{
    /// <summary>Creates the object unless it exists; one that exists is left alone.</summary>
    public static async Task ExistsAsync<T>(IApiServer server, T item, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        if (server.Reader.Get<T>(item.Metadata.Namespace ?? "", item.Metadata.Name!) is not null)
            return;
        try
        {
            await server.Writer.CreateAsync(item, UserInfo.ApiServer, cancellationToken);
        }
        catch (ApiException error) when (error.Reason == StatusReason.AlreadyExists)
        {
            // Another server was faster.
        }
    }

    /// <summary>Creates the object, or brings the one that exists to what <paramref name="reconcile"/> makes of it.</summary>
    /// <param name="reconcile">Returns the same instance when nothing has to change.</param>
    public static async Task IsAsync<T>(IApiServer server, T item, Func<T, T> reconcile, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        var (@namespace, name) = (item.Metadata.Namespace ?? "", item.Metadata.Name!);
        if (server.Reader.Get<T>(@namespace, name) is not { } existing)
        {
            await ExistsAsync(server, item, cancellationToken);
            return;
        }

        if (!ReferenceEquals(reconcile(existing), existing))
            await server.Writer.UpdateAsync(@namespace, name, "", reconcile, UserInfo.ApiServer, cancellationToken);
    }
}
