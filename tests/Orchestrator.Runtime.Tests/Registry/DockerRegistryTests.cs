using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Orchestrator.Runtime.Images;
using Orchestrator.Runtime.Registry;
using Orchestrator.Runtime.Tests.Images;

namespace Orchestrator.Runtime.Tests.Registry;

/// <summary>Against Debian's docker-registry on loopback.</summary>
[TestFixture]
[Category("Root")]
internal sealed class DockerRegistryTests
{
    private TemporaryDirectory directory = null!;
    private Process? server;
    private int port;

    [SetUp]
    public async Task SetUp()
    {
        directory = new TemporaryDirectory();
        if (!File.Exists("/usr/bin/docker-registry"))
            Assert.Ignore("docker-registry is not installed");
        port = FreePort();
        directory.Write("config.yml", System.Text.Encoding.UTF8.GetBytes(
            $"version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {directory["data"]}}}}}\nhttp: {{addr: 127.0.0.1:{port}}}\n"));
        server = Process.Start(new ProcessStartInfo("/usr/bin/docker-registry", ["serve", directory["config.yml"]]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        using var http = new HttpClient();
        for (var i = 0; i < 100; i++)
        {
            try
            {
                if ((await http.GetAsync($"http://127.0.0.1:{port}/v2/")).IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(50);
            }
        }

        Assert.Fail("docker-registry did not start");
    }

    [TearDown]
    public void TearDown()
    {
        server?.Kill();
        server?.WaitForExit();
        server?.Dispose();
        directory.Dispose();
    }

    [Test]
    public async Task Push_ThenPullElsewhere_IsTheSameImage()
    {
        var store = new ImageStore(directory["images"], TimeProvider.System);
        var layers = new[] { TestImage.Tar(TestImage.File("a", "1")), TestImage.Tar(TestImage.File("b", new string('x', 2_000_000))) };
        var loaded = await ImageArchive.LoadAsync(store, directory.Write("a.tar", TestImage.OciArchive("docker.io/library/app:1", layers)), default);
        using var client = new RegistryClient(new RegistryOptions(), null, TimeProvider.System);
        var target = ImageReference.Parse($"localhost:{port}/team/app:2");
        var digest = await client.PushAsync(store, "app:1", target, null, default);

        var other = new ImageStore(directory["other"], TimeProvider.System);
        Assert.That(await client.PullAsync(other, target, null, default), Is.EqualTo(loaded[0].Id));
        Assert.That(await client.PullAsync(other, ImageReference.Parse($"localhost:{port}/team/app@{digest}"), null, default), Is.EqualTo(loaded[0].Id));
        Assert.That(other.Get(loaded[0].Id).Tags, Is.EqualTo(new[] { $"localhost:{port}/team/app:2" }));
    }

    [Test]
    public async Task Pull_WhatSkopeoPushed_Works()
    {
        if (!File.Exists("/usr/bin/skopeo"))
            Assert.Ignore("skopeo is not installed");
        directory.Write("a.tar", TestImage.DockerArchive("app:1", TestImage.Tar(TestImage.File("a", "1"))));
        using (var skopeo = Process.Start("skopeo", ["copy", "-q", "--dest-tls-verify=false", "docker-archive:" + directory["a.tar"], $"docker://127.0.0.1:{port}/app:1"]))
        {
            await skopeo.WaitForExitAsync();
            Assert.That(skopeo.ExitCode, Is.Zero);
        }

        var store = new ImageStore(directory["images"], TimeProvider.System);
        using var client = new RegistryClient(new RegistryOptions(), null, TimeProvider.System);
        var id = await client.PullAsync(store, ImageReference.Parse($"127.0.0.1:{port}/app:1"), null, default);
        Assert.That(store.Get(id).DiffIds, Has.Count.EqualTo(1));
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
