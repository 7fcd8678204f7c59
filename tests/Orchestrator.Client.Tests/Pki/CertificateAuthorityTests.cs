using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orchestrator.Client.Pki;

namespace Orchestrator.Client.Tests.Pki;

public sealed class CertificateAuthorityTests
{
    private readonly ManualTime time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private string directory = "";

    [SetUp]
    public void SetUp() => directory = Directory.CreateTempSubdirectory("orc-pki-").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(directory, recursive: true);

    [Test]
    public void IssueClient_UserAndGroups_AreSubjectOfAChainingCertificate()
    {
        using var authority = CertificateAuthority.Create("cluster-ca", time);
        using var certificate = authority.IssueClient("system:node:node1", ["system:nodes", "others"]).ToCertificate();

        Assert.Multiple(() =>
        {
            Assert.That(certificate.GetNameInfo(X509NameType.SimpleName, false), Is.EqualTo("system:node:node1"));
            Assert.That(certificate.Subject, Does.Contain("O=\"system:nodes\"").Or.Contain("O=system:nodes"));
            Assert.That(certificate.Subject, Does.Contain("O=others"));
            Assert.That(CertificateVerifier.Chains(certificate, [authority.Certificate], time, out var failure), Is.True, failure);
            Assert.That(certificate.HasPrivateKey, Is.True);
        });
    }

    [Test]
    public void Chains_OtherAuthorityOfTheSameName_IsRefused()
    {
        using var authority = CertificateAuthority.Create("cluster-ca", time);
        using var other = CertificateAuthority.Create("cluster-ca", time);
        using var certificate = authority.IssueClient("admin", ["system:masters"]).ToCertificate();

        Assert.That(CertificateVerifier.Chains(certificate, [other.Certificate], time, out _), Is.False);
    }

    [Test]
    public void Chains_AfterItsEnd_IsRefused()
    {
        using var authority = CertificateAuthority.Create("cluster-ca", time);
        using var certificate = authority.IssueClient("admin", [], TimeSpan.FromDays(1)).ToCertificate();

        time.Advance(TimeSpan.FromDays(2));

        Assert.That(CertificateVerifier.Chains(certificate, [authority.Certificate], time, out _), Is.False);
    }

    [Test]
    public void LoadOrCreate_Twice_GivesTheSameAuthorityAndAPrivateKeyFile()
    {
        using var first = CertificateAuthority.LoadOrCreate(directory, "ca", "cluster-ca", time);
        using var second = CertificateAuthority.LoadOrCreate(directory, "ca", "cluster-ca", time);

        Assert.That(second.CertificatePem, Is.EqualTo(first.CertificatePem));
        Assert.That(File.GetUnixFileMode(Path.Combine(directory, "ca.key")), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Test]
    public void LoadOrCreate_DamagedFile_SaysWhich()
    {
        CertificateAuthority.LoadOrCreate(directory, "ca", "cluster-ca", time).Dispose();
        File.WriteAllText(Path.Combine(directory, "ca.key"), "nothing");

        Assert.That(
            () => CertificateAuthority.LoadOrCreate(directory, "ca", "cluster-ca", time),
            Throws.TypeOf<CryptographicException>().With.Message.Contains("ca.key"));
    }

    [Test]
    public void LoadOrIssue_MoreThanAThirdOfLifeLeft_KeepsTheCertificate()
    {
        using var authority = CertificateAuthority.Create("cluster-ca", time);
        var profile = CertificateProfile.Client("admin", []);
        var first = authority.LoadOrIssue(directory, "admin", profile, TimeSpan.FromDays(90));

        time.Advance(TimeSpan.FromDays(59));
        Assert.That(authority.LoadOrIssue(directory, "admin", profile, TimeSpan.FromDays(90)), Is.EqualTo(first));

        time.Advance(TimeSpan.FromDays(2));
        Assert.That(authority.LoadOrIssue(directory, "admin", profile, TimeSpan.FromDays(90)), Is.Not.EqualTo(first));
    }

    [Test]
    public void LoadOrIssue_NewAddressOrNewAuthority_IssuesAgain()
    {
        using var authority = CertificateAuthority.Create("cluster-ca", time);
        using var other = CertificateAuthority.Create("cluster-ca", time);
        var one = CertificateProfile.Serving("kube-apiserver", ["localhost"], [IPAddress.Loopback]);
        var two = one with { Addresses = [IPAddress.Loopback, IPAddress.Parse("172.30.0.1")] };

        var first = authority.LoadOrIssue(directory, "apiserver", one);
        var second = authority.LoadOrIssue(directory, "apiserver", two);
        var third = other.LoadOrIssue(directory, "apiserver", two);

        Assert.That(second, Is.Not.EqualTo(first));
        Assert.That(third, Is.Not.EqualTo(second));
        Assert.That(other.LoadOrIssue(directory, "apiserver", one), Is.EqualTo(third), "fewer names are covered");
    }

    [Test]
    public async Task IssuedCertificates_InATlsHandshake_AuthenticateBothSides()
    {
        using var authority = CertificateAuthority.Create("cluster-ca", TimeProvider.System);
        using var serving = authority.IssueServing("server", ["server.test"], [IPAddress.Loopback]).ToCertificate();
        using var client = authority.IssueClient("admin", ["system:masters"]).ToCertificate();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var clientSocket = new TcpClient();
        await clientSocket.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using var serverSocket = await listener.AcceptTcpClientAsync();
        bool Verify(X509Certificate? peer) =>
            peer is X509Certificate2 certificate && CertificateVerifier.Chains(certificate, [authority.Certificate], TimeProvider.System, out _);

        await using var serverStream = new SslStream(serverSocket.GetStream(), false, (_, peer, _, _) => Verify(peer));
        await using var clientStream = new SslStream(clientSocket.GetStream(), false, (_, peer, _, errors) =>
            Verify(peer) && !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch));
        await Task.WhenAll(
            serverStream.AuthenticateAsServerAsync(serving, clientCertificateRequired: true, SslProtocols.None, false),
            clientStream.AuthenticateAsClientAsync("127.0.0.1", [client], false));

        Assert.That(serverStream.RemoteCertificate!.Subject, Does.Contain("CN=admin"));
    }

    private sealed class ManualTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;

        public void Advance(TimeSpan by) => now += by;
    }
}
