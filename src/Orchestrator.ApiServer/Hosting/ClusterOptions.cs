using System.Security.Cryptography.X509Certificates;
using Orchestrator.ApiServer.Authentication;
using Orchestrator.ApiServer.Authentication.Tokens;

namespace Orchestrator.ApiServer.Hosting;

/// <summary>Keys, certificates and identities of a cluster, as its API servers need them.</summary>
public sealed record ClusterOptions
{
    /// <summary>The cluster's certificate authorities (PEM): sign client certificates and the kubelets' serving certificates.</summary>
    public required string AuthoritiesPem { get; init; }

    /// <summary>Sign and verify service account tokens. The same on every API server.</summary>
    public required SigningKeys ServiceAccountKeys { get; init; }

    /// <summary>What this server shows to kubelets; null reaches no kubelet (benches without nodes).</summary>
    public X509Certificate2? KubeletClientCertificate { get; init; }

    /// <summary>Issuer in service account tokens and in the OIDC discovery document. kubeadm's default.</summary>
    public string Issuer { get; init; } = "https://kubernetes.default.svc.cluster.local";

    /// <summary>Users by fixed bearer token. Meant for benches; lab clusters have none.</summary>
    public IReadOnlyDictionary<string, UserInfo> FixedTokens { get; init; } = new Dictionary<string, UserInfo>();

    /// <summary>How long pods stay on a node that is not ready or cannot be reached, when they do not say. Kubernetes' default.</summary>
    public int DefaultTolerationSeconds { get; init; } = 300;

    /// <summary>File that gets one JSON line per request; null for none.</summary>
    public string? AuditLogPath { get; init; }
}
