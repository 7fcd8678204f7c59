using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orchestrator.Client.Configuration;

namespace Orchestrator.Client.Tests.Configuration;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class KubeconfigTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("kubeconfig-tests-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Test]
    public void Save_IntoAFileOfOthers_KeepsTheirEntries()
    {
        var path = Write("config", """
            apiVersion: v1
            kind: Config
            preferences: {colors: true}
            clusters:
            - name: theirs
              cluster: {server: "https://theirs:6443", extensions: [{name: x, extension: {a: "1"}}]}
            contexts:
            - name: theirs
              context: {cluster: theirs, user: them}
            users:
            - name: them
              user: {token: secret}
            current-context: theirs
            """);
        AddLab(path);

        var merged = Kubeconfig.Load(path, _ => null);
        Assert.Multiple(() =>
        {
            Assert.That(merged.CurrentContext, Is.EqualTo("orc-lab"));
            Assert.That(merged.ContextNames, Is.EqualTo(["theirs", "orc-lab"]));
            Assert.That(merged.ToClientOptions("test", "theirs").BearerToken, Is.EqualTo("secret"));
            Assert.That(File.ReadAllText(path), Does.Contain("extension").And.Contain("colors: true").And.Contain("a: \"1\""));
            Assert.That(File.GetUnixFileMode(path), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        });
    }

    [Test]
    public void Save_Twice_ReplacesTheSameEntries()
    {
        var path = Path.Combine(directory, "new", "config");
        AddLab(path);
        var first = File.ReadAllText(path);
        AddLab(path);
        Assert.That(File.ReadAllText(path), Is.EqualTo(first));
    }

    [Test]
    public void Remove_OurContext_LeavesTheRest()
    {
        var path = Write("config", "current-context: theirs\ncontexts:\n- {name: theirs, context: {cluster: c, user: u}}\n");
        AddLab(path);
        var file = KubeconfigFile.Load(path);
        Assert.That(file.Remove("orc-lab"), Is.True);
        file.Save();

        Assert.That(Kubeconfig.Load(path, _ => null).ContextNames, Is.EqualTo(["theirs"]));
        Assert.That(File.ReadAllText(path), Does.Not.Contain("orc-lab"));
    }

    [Test]
    public void Load_SeveralFiles_TheFirstEntryOfANameCounts()
    {
        var a = Write("a", "contexts:\n- {name: x, context: {cluster: c, user: u, namespace: first}}\n");
        var b = Write("b", "current-context: x\ncontexts:\n- {name: x, context: {cluster: c, user: u, namespace: second}}\n");
        var config = Kubeconfig.Load(null, name => name == "KUBECONFIG" ? $"{a}:{b}" : null);
        Assert.That(config.NamespaceOf(), Is.EqualTo("first"));
    }

    [Test]
    public void ToClientOptions_ClientCertificate_ComesWithItsKey()
    {
        var path = Path.Combine(directory, "config");
        AddLab(path);
        var options = Kubeconfig.Load(path, _ => null).ToClientOptions("test");
        Assert.Multiple(() =>
        {
            Assert.That(options.Server, Is.EqualTo(new Uri("https://127.0.0.1:6443")));
            Assert.That(options.ClientCertificate!.HasPrivateKey, Is.True);
            Assert.That(options.CertificateAuthorities, Has.Count.EqualTo(1));
        });
    }

    [TestCase("a: [", "is not valid YAML")]
    [TestCase("just text", "not a kubeconfig")]
    [TestCase("current-context: gone", "context \"gone\" does not exist")]
    [TestCase("", "no context is set")]
    public void ToClientOptions_UnusableFile_SaysWhatIsWrong(string content, string expected)
    {
        var path = Write("config", content);
        Assert.That(() => Kubeconfig.Load(path, _ => null).ToClientOptions("test"), Throws.TypeOf<KubeconfigException>().With.Message.Contains(expected));
    }

    [Test]
    public void InCluster_InAPod_UsesTheMountedAccount()
    {
        File.WriteAllText(Path.Combine(directory, "ca.crt"), NewCertificate().ExportCertificatePem());
        File.WriteAllText(Path.Combine(directory, "token"), "t");
        var options = InCluster.TryLoad("test", name => name == "KUBERNETES_SERVICE_HOST" ? "10.96.0.1" : name == "KUBERNETES_SERVICE_PORT" ? "443" : null, directory);
        Assert.That(options!.Server, Is.EqualTo(new Uri("https://10.96.0.1")));
        Assert.That(options.BearerTokenFile, Does.EndWith("/token"));
    }

    private static void AddLab(string path)
    {
        var file = KubeconfigFile.Load(path);
        file.SetCluster("orc-lab", new Uri("https://127.0.0.1:6443"), Certificate.ExportCertificatePem());
        file.SetUser("orc-lab", Certificate.ExportCertificatePem(), Certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        file.SetContext("orc-lab", "orc-lab", "orc-lab");
        file.CurrentContext = "orc-lab";
        file.Save();
    }

    private static readonly X509Certificate2 Certificate = NewCertificate();

    private static X509Certificate2 NewCertificate()
    {
        var request = new CertificateRequest("CN=test", ECDsa.Create(ECCurve.NamedCurves.nistP256), HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
    }

    private string Write(string name, string content)
    {
        var path = Path.Combine(directory, name);
        File.WriteAllText(path, content);
        return path;
    }
}
