using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Discovery.V1;
using Orchestrator.Proxy.Services;

namespace Orchestrator.Proxy;

/// <summary>The rules for people: what a proxy with these options would write, as a script for nft(8).</summary>
public static class ProxyRules
{
    public static string Render(
        IEnumerable<Service> services, IEnumerable<EndpointSlice> slices, ProxyOptions options, ProxyTopology place)
    {
        var slicesOf = slices.Where(slice => ServicePorts.ServiceOf(slice) is not null).ToLookup(slice => ServicePorts.ServiceOf(slice)!.Value);
        var state = new ProxyState(options);
        state.Change(
            [.. services.OrderBy(ObjectKey.Of).Select(service => new TrackedService(ObjectKey.Of(service), service, [.. slicesOf[ObjectKey.Of(service)]]))], place);
        return state.Rebuild().ToString();
    }
}
