using System.Text;
using Orchestrator.Kubelet.Images;

namespace Orchestrator.Kubelet.Tests.Images;

public sealed class ImageReferenceTests
{
    [TestCase("nginx", true)]
    [TestCase("localhost:5000/a/b_c:tag-1.2", true)]
    [TestCase("registry.example.org/app@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true)]
    [TestCase("", false)]
    [TestCase("Upper", false)]
    [TestCase("a b", false)]
    [TestCase("nginx:", false)]
    [TestCase("nginx@sha256:short", false)]
    public void IsValid_EachForm(string image, bool valid) => Assert.That(ImageReference.IsValid(image), Is.EqualTo(valid));

    [TestCase("nginx", "docker.io")]
    [TestCase("library/nginx", "docker.io")]
    [TestCase("localhost/x", "localhost")]
    [TestCase("reg:5000/x", "reg:5000")]
    public void RegistryOf_FirstPart_OnlyWhenItIsAHost(string image, string registry) => Assert.That(ImageReference.RegistryOf(image), Is.EqualTo(registry));

    [TestCase("a", "Always")]
    [TestCase("a:latest", "Always")]
    [TestCase("reg:5000/a", "Always")]
    [TestCase("a:1", "IfNotPresent")]
    [TestCase("a@sha256:x", "IfNotPresent")]
    public void DefaultPullPolicy_FollowsTheTag(string image, string policy) => Assert.That(ImageReference.DefaultPullPolicy(image), Is.EqualTo(policy));

    [Test]
    public void PullSecrets_ForOneRegistry_AreFoundInEitherForm()
    {
        var encoded = Convert.ToBase64String("u:p:q"u8);
        var data = new Dictionary<string, byte[]>
        {
            [".dockerconfigjson"] = Encoding.UTF8.GetBytes(
                """{"auths":{"https://index.docker.io/v1/":{"auth":"PAIR"},"reg:5000":{"username":"a","password":"b"}}}""".Replace("PAIR", encoded, StringComparison.Ordinal)),
        };
        Assert.That(PullSecrets.Parse(data, "docker.io").Single(), Is.EqualTo(new Cri.RegistryAuth("u", "p:q")));
        Assert.That(PullSecrets.Parse(data, "reg:5000").Single(), Is.EqualTo(new Cri.RegistryAuth("a", "b")));
        Assert.That(PullSecrets.Parse(data, "other"), Is.Empty);
        Assert.That(PullSecrets.Parse(new Dictionary<string, byte[]> { [".dockerconfigjson"] = "not json"u8.ToArray() }, "x"), Is.Empty);
    }
}
