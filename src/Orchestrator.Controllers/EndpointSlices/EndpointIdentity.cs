using Orchestrator.Api.Discovery.V1;

namespace Orchestrator.Controllers.EndpointSlices;

/// <summary>When two endpoints are the same one, and when they also say the same.</summary>
internal static class EndpointIdentity
{
    public static string Of(Endpoint endpoint) => $"{endpoint.Addresses?[0]}/{endpoint.TargetRef?.Uid ?? endpoint.TargetRef?.Name}";

    public static bool Same(Endpoint left, Endpoint right) =>
        left.Conditions == right.Conditions && left.NodeName == right.NodeName && left.Zone == right.Zone && left.Hostname == right.Hostname
        && left.TargetRef == right.TargetRef && SameHints(left.Hints, right.Hints)
        && (left.Addresses ?? []).SequenceEqual(right.Addresses ?? []);

    private static bool SameHints(EndpointHints? left, EndpointHints? right) =>
        (left?.ForZones ?? []).SequenceEqual(right?.ForZones ?? []) && (left?.ForNodes ?? []).SequenceEqual(right?.ForNodes ?? []);
}
