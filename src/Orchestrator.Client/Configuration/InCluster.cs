using System.Security.Cryptography.X509Certificates;

namespace Orchestrator.Client.Configuration;

/// <summary>How a program in a pod reaches its API server: by what the kubelet puts there for every pod.</summary>
public static class InCluster
{
    public const string DefaultDirectory = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <returns>Null outside a pod.</returns>
    /// <exception cref="KubeconfigException">Inside a pod whose service account is not mounted.</exception>
    public static ApiClientOptions? TryLoad(string component, Func<string, string?> environment, string directory = DefaultDirectory)
    {
        if (environment("KUBERNETES_SERVICE_HOST") is not { Length: > 0 } host || environment("KUBERNETES_SERVICE_PORT") is not { Length: > 0 } port)
            return null;
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(Path.Combine(directory, "ca.crt"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KubeconfigException($"the pod's service account is not mounted at {directory}: {e.Message}", e);
        }

        var name = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
        return new ApiClientOptions
        {
            Server = new Uri($"https://{name}:{port}"), Component = component, CertificateAuthorities = authorities,
            BearerTokenFile = Path.Combine(directory, "token"),
        };
    }
}
