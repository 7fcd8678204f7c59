using System.Net;

namespace Orchestrator.Runtime.Registry;

/// <summary>Where a registry's API is.</summary>
internal static class RegistryHost
{
    private const string DockerHub = "docker.io";

    /// <param name="domain">Of an image reference, e.g. "docker.io" or "localhost:5000".</param>
    public static Uri BaseAddress(string domain, RegistryOptions options)
    {
        // The name in references is not the host that serves them.
        if (domain == DockerHub)
            return new Uri("https://registry-1.docker.io/v2/");
        var scheme = IsPlain(domain, options) ? "http" : "https";
        return new Uri($"{scheme}://{domain}/v2/");
    }

    private static bool IsPlain(string domain, RegistryOptions options)
    {
        if (options.InsecureHosts.Contains(domain))
            return true;
        var host = new Uri("http://" + domain).Host.Trim('[', ']');
        return host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
    }
}
