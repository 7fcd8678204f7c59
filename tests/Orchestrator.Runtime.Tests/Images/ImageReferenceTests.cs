using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Images;

namespace Orchestrator.Runtime.Tests.Images;

[TestFixture]
internal sealed class ImageReferenceTests
{
    private const string Hex = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [TestCase("nginx", "docker.io/library/nginx:latest")]
    [TestCase("nginx:1.27", "docker.io/library/nginx:1.27")]
    [TestCase("user/app", "docker.io/user/app:latest")]
    [TestCase("docker.io/nginx", "docker.io/library/nginx:latest")]
    [TestCase("index.docker.io/library/nginx:1", "docker.io/library/nginx:1")]
    [TestCase("localhost/app:1", "localhost/app:1")]
    [TestCase("localhost:5000/app", "localhost:5000/app:latest")]
    [TestCase("127.0.0.1:5000/a/b/c:v1", "127.0.0.1:5000/a/b/c:v1")]
    [TestCase("orc.dev/demo:1", "orc.dev/demo:1")]
    [TestCase("registry.k8s.io/pause:3.10", "registry.k8s.io/pause:3.10")]
    [TestCase("a__b/c.d_e-f--g", "docker.io/a__b/c.d_e-f--g:latest")]
    [TestCase("[::1]:5000/app:1", "[::1]:5000/app:1")]
    public void Parse_ValidReference_CompletesIt(string text, string expected) =>
        Assert.That(ImageReference.Parse(text).ToString(), Is.EqualTo(expected));

    [TestCase("nginx@" + Hex, "docker.io/library/nginx@" + Hex)]
    [TestCase("nginx:1@" + Hex, "docker.io/library/nginx@" + Hex)]
    public void Parse_Digest_NamesTheImageByIt(string text, string expected) =>
        Assert.That(ImageReference.Parse(text).ToString(), Is.EqualTo(expected));

    [TestCase("")]
    [TestCase(":1")]
    [TestCase("app:")]
    [TestCase("app:-1")]
    [TestCase("a//b")]
    [TestCase("/a")]
    [TestCase("a/")]
    [TestCase("a b")]
    [TestCase("-a")]
    [TestCase("a@sha256:1234")]
    [TestCase("example.com:port/a")]
    [TestCase("a/../b")]
    public void Parse_InvalidReference_IsRefused(string text)
    {
        var e = Assert.Throws<RuntimeException>(() => ImageReference.Parse(text));
        Assert.That(e!.Error, Is.EqualTo(RuntimeError.InvalidArgument));
        Assert.That(e.Message, Is.EqualTo($"couldn't parse image reference \"{text}\": invalid reference format"));
    }

    [Test]
    public void Parse_UpperCase_SaysSo() =>
        Assert.That(
            () => ImageReference.Parse("Nginx"),
            Throws.TypeOf<RuntimeException>().With.Message.Contains("repository name (library/Nginx) must be lowercase"));
}
