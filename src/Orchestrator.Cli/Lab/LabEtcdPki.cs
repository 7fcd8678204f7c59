using System.Net;
using System.Security.Cryptography.X509Certificates;
using Orchestrator.Client.Pki;

namespace Orchestrator.Cli.Lab;

/// <summary>
/// Certificates of a lab's own etcd, from an authority of its own: whoever it signs may read and write everything, so the cluster's
/// authority, which also signs nodes and users, is not asked here.
/// </summary>
internal sealed class LabEtcdPki(LabPaths paths)
{
    private const string AuthorityName = "ca";
    private const string ClientName = "apiserver-client";

    /// <summary>What an API server shows and trusts.</summary>
    public LabStoreAccess Access => new(CaFile, CertificateOf(ClientName), KeyOf(ClientName), null, null);

    public string CaFile => CertificateOf(AuthorityName);

    public string CertificateOf(string name) => Path.Combine(paths.EtcdPki, name + ".crt");

    public string KeyOf(string name) => Path.Combine(paths.EtcdPki, name + ".key");

    /// <summary>Issues what is missing or near its end.</summary>
    public void Ensure(IEnumerable<LabEtcdMember> members, TimeProvider time)
    {
        using var authority = CertificateAuthority.LoadOrCreate(paths.EtcdPki, AuthorityName, "orchestrator-etcd-ca", time);
        authority.LoadOrIssue(paths.EtcdPki, ClientName, CertificateProfile.Client("orchestrator-apiserver", []));
        foreach (var member in members)
        {
            // A member is a client of its peers as well.
            var profile = CertificateProfile.Serving(member.Name, ["localhost"], [IPAddress.Loopback]) with { ForClient = true };
            authority.LoadOrIssue(paths.EtcdPki, member.Name, profile);
        }
    }

    public HttpClient NewClient()
    {
        var trusted = new X509Certificate2Collection();
        trusted.ImportFromPemFile(CaFile);
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(trusted);
        var certificate = X509Certificate2.CreateFromPemFile(CertificateOf(ClientName), KeyOf(ClientName));
        return new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = { CertificateChainPolicy = policy, ClientCertificates = [certificate], LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate },
        });
    }
}
