using System.Globalization;

namespace Orchestrator.Kubelet.Containers;

/// <summary>Where a probe or hook goes: ports by number or name, hosts that default to the pod.</summary>
internal static class PodEndpoints
{
    /// <exception cref="FormatException">The port is neither a number in range nor a named port of the container.</exception>
    public static int ResolvePort(IntOrString? port, Container container)
    {
        if (port is { IsString: false } number)
            return InRange(number.Value, number.Text);
        var name = port?.Text ?? "";
        foreach (var candidate in container.Ports ?? [])
        {
            if (candidate.Name == name)
                return InRange(candidate.Port ?? 0, name);
        }

        return int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var digits)
            ? InRange(digits, name)
            : throw new FormatException($"couldn't find port: {name} in container {container.Name}");
    }

    public static Uri UriOf(HTTPGetAction action, Container container, string podIp)
    {
        var scheme = (action.Scheme ?? "HTTP").ToLowerInvariant();
        var host = action.Host is { Length: > 0 } given ? given : podIp;
        if (host.Contains(':', StringComparison.Ordinal) && host[0] != '[')
            host = $"[{host}]";
        var path = action.Path ?? "/";
        if (!path.StartsWith('/'))
            path = "/" + path;
        return new Uri($"{scheme}://{host}:{ResolvePort(action.Port, container).ToString(CultureInfo.InvariantCulture)}{path}");
    }

    private static int InRange(int port, string text) =>
        port is > 0 and < 65536 ? port : throw new FormatException($"invalid port number: {text}");
}
