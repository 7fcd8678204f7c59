using System.Text.Json.Nodes;
using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Hosting;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Resources.Core.Services;

/// <summary>
/// Gives a service its cluster IP and node ports before it is stored. What was given out is handed back by disposal when the
/// write fails. What an update no longer uses is given out again once somebody asks for it (<see cref="ValueRange"/>).
/// </summary>
internal static class ServiceAllocation
{
    /// <exception cref="Api.Errors.ApiException">Invalid: a wanted value is taken or out of range, or none is left.</exception>
    public static async ValueTask<IAsyncDisposable?> BeginAsync(
        RequestContext context, ApiObject item, ApiObject? old, CancellationToken cancellationToken)
    {
        var spec = item.Document.Child("spec");
        if (spec is null)
            return null;
        var allocation = new Pending(context.Server, $"{item.Namespace}/{item.Name}");
        var held = old is null ? new Held(null, []) : Held.Of(old.As<Service>());
        try
        {
            await allocation.TakeClusterIPAsync(spec, held, cancellationToken);
            await allocation.TakeNodePortsAsync(spec, held, cancellationToken);
        }
        catch (Exception)
        {
            await allocation.DisposeAsync();
            throw;
        }

        if (allocation.Errors.Count > 0)
        {
            await allocation.DisposeAsync();
            throw ApiErrors.Invalid(context.Server.Resources.Of<Service>().Kind, item.Name, allocation.Errors);
        }

        item.Changed();
        return allocation;
    }

    /// <summary>Hands back everything a deleted service had.</summary>
    public static async ValueTask ReleaseAsync(IApiServer server, Service service, CancellationToken cancellationToken)
    {
        var owner = $"{service.Metadata.Namespace}/{service.Metadata.Name}";
        var held = Held.Of(service);
        if (held.ClusterIP is { } address)
            await ServiceRanges.Addresses(server).ReleaseAsync(address, owner, cancellationToken);
        foreach (var port in held.NodePorts)
            await ServiceRanges.NodePorts(server).ReleaseAsync(port.ToString(System.Globalization.CultureInfo.InvariantCulture), owner, cancellationToken);
    }

    /// <summary>What a stored service has.</summary>
    private sealed record Held(string? ClusterIP, HashSet<int> NodePorts)
    {
        public static Held Of(Service service)
        {
            var ports = (service.Spec?.Ports ?? []).Select(port => port.NodePort ?? 0).Append(service.Spec?.HealthCheckNodePort ?? 0);
            var address = service.Spec?.ClusterIP is "None" or "" ? null : service.Spec?.ClusterIP;
            return new Held(address, [.. ports.Where(port => port != 0)]);
        }
    }

    private sealed class Pending(IApiServer server, string owner) : IAsyncDisposable
    {
        private readonly List<(ValueRange Range, string Value)> taken = [];

        public FieldErrors Errors { get; } = new();

        public async ValueTask TakeClusterIPAsync(JsonObject spec, Held held, CancellationToken cancellationToken)
        {
            if (spec.Text("type") == "ExternalName" || spec.Text("clusterIP") == "None")
                return;
            var wanted = spec.Text("clusterIP");
            if (!string.IsNullOrEmpty(wanted) && wanted == held.ClusterIP)
                return;
            var range = ServiceRanges.Addresses(server);
            var path = FieldPath.Of("spec").Child("clusterIPs");
            if (string.IsNullOrEmpty(wanted))
            {
                wanted = await range.TakeAnyAsync(owner, cancellationToken)
                    ?? throw ApiErrors.Internal("failed to allocate a serviceIP: range is full");
                taken.Add((range, wanted));
                spec["clusterIP"] = wanted;
                spec["clusterIPs"] = new JsonArray(wanted);
                return;
            }

            switch (await range.TakeAsync(wanted, owner, cancellationToken))
            {
                case TakeResult.Taken:
                    taken.Add((range, wanted));
                    break;
                case TakeResult.OutOfRange:
                    Errors.Invalid(path, (string[])[wanted],
                        $"failed to allocate IP {wanted}: the provided IP ({wanted}) is not in the valid range. The range of valid IPs is {range.Description}");
                    break;
                default:
                    Errors.Invalid(path, (string[])[wanted], $"failed to allocate IP {wanted}: provided IP is already allocated");
                    break;
            }
        }

        public async ValueTask TakeNodePortsAsync(JsonObject spec, Held held, CancellationToken cancellationToken)
        {
            // A number may be shared by ports of one service that differ in protocol.
            var known = new HashSet<int>(held.NodePorts);
            var index = 0;
            foreach (var port in spec.Items("ports"))
            {
                var path = FieldPath.Of("spec").Child("ports").Index(index++).Child("nodePort");
                if (spec.Text("type") is not ("NodePort" or "LoadBalancer"))
                    continue;
                if (port.Number("nodePort") is { } wanted and not 0)
                    await TakePortAsync((int)wanted, known, path, cancellationToken);
                else if (ServiceTransitions.HasNodePorts(spec))
                    port["nodePort"] = await TakeAnyPortAsync(SharedWith(port, spec, known), known, cancellationToken);
            }

            if (!ServiceTransitions.IsLocalLoadBalancer(spec))
                return;
            if (spec.Number("healthCheckNodePort") is { } health and not 0)
                await TakePortAsync((int)health, known, FieldPath.Of("spec").Child("healthCheckNodePort"), cancellationToken);
            else
                spec["healthCheckNodePort"] = await TakeAnyPortAsync(0, known, cancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var (range, value) in taken)
                await range.ReleaseAsync(value, owner, CancellationToken.None);
            taken.Clear();
        }

        /// <summary>The node port of another protocol on the same port, as DNS servers want it; 0 when there is none.</summary>
        private static int SharedWith(JsonObject port, JsonObject spec, HashSet<int> known)
        {
            var twin = spec.Items("ports").FirstOrDefault(one => one.Number("port") == port.Number("port")
                && one.Text("protocol") != port.Text("protocol") && one.Number("nodePort") is not (null or 0));
            return twin?.Number("nodePort") is { } number && known.Contains((int)number) ? (int)number : 0;
        }

        private async ValueTask<int> TakeAnyPortAsync(int shared, HashSet<int> known, CancellationToken cancellationToken)
        {
            if (shared != 0)
                return shared;
            var range = ServiceRanges.NodePorts(server);
            var value = await range.TakeAnyAsync(owner, cancellationToken)
                ?? throw ApiErrors.Internal("failed to allocate a nodePort: range is full");
            taken.Add((range, value));
            var number = int.Parse(value, System.Globalization.CultureInfo.InvariantCulture);
            known.Add(number);
            return number;
        }

        private async ValueTask TakePortAsync(int wanted, HashSet<int> known, FieldPath path, CancellationToken cancellationToken)
        {
            if (!known.Add(wanted))
                return;
            var range = ServiceRanges.NodePorts(server);
            var value = wanted.ToString(System.Globalization.CultureInfo.InvariantCulture);
            switch (await range.TakeAsync(value, owner, cancellationToken))
            {
                case TakeResult.Taken:
                    taken.Add((range, value));
                    break;
                case TakeResult.OutOfRange:
                    Errors.Invalid(path, wanted, $"provided port is not in the valid range. The range of valid ports is {range.Description}");
                    break;
                default:
                    Errors.Invalid(path, wanted, "provided port is already allocated");
                    break;
            }
        }
    }
}
