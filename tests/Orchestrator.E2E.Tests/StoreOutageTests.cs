using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Orchestrator.E2E.Tests;

/// <summary>An API server whose etcd hangs, dies and comes back. No lab, no nodes.</summary>
public sealed class StoreOutageTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    /// <summary>A person waits so long for a refusal.</summary>
    private static readonly TimeSpan Fast = TimeSpan.FromSeconds(10);

    private readonly (int Client, int Peer, int Server) ports = FreePorts();
    private string directory = "";
    private Process? etcd;
    private Process? server;

    private string Kubeconfig => Path.Combine(directory, "kubeconfig");

    [SetUp]
    public void Start()
    {
        directory = Path.Combine(LabUnderTest.WorkDirectory, "outage");
        StartEtcd();
        Eventually.Holds("etcd answers", Soon, () => LabUnderTest.Curl($"http://127.0.0.1:{ports.Client}/health").Contains("true") ? null : "not healthy");
        server = Daemon(LabUnderTest.Orc, "apiserver", "--store", $"http://127.0.0.1:{ports.Client}", "--data-dir", directory,
            "--listen", $"127.0.0.1:{ports.Server}", "--kubeconfig", Kubeconfig);
        Eventually.Equals("readyz", Soon, "ok", () => File.Exists(Kubeconfig) ? Kubectl("get", "--raw", "/readyz").Output.Trim() : "");
    }

    [TearDown]
    public void Stop()
    {
        server?.Kill();
        server?.WaitForExit();
        server?.Dispose();
        etcd?.Kill();
        etcd?.WaitForExit();
        etcd?.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    [TestCase("frozen")]
    [TestCase("killed")]
    public void Etcd_Away_IsToldFastAndEverythingResumes(string how)
    {
        using var watch = Command.Start("kubectl", ["--kubeconfig", Kubeconfig, "get", "configmaps", "--watch-only", "-o", "name"]);
        var seen = new List<string>();
        watch.OutputDataReceived += (_, line) =>
        {
            lock (seen)
                seen.Add(line.Data ?? "");
        };
        watch.BeginOutputReadLine();
        Eventually.Holds("the watch is open", Soon, () => CreateAndSee("before", seen));

        var version = JsonNode.Parse(Kubectl("get", "--raw", "/api/v1/configmaps?limit=1").Succeeded().Output)!["metadata"]!["resourceVersion"]!.ToString();

        Lose(how);
        AssertToldFast("get", "configmap", "absent");
        AssertToldFast("get", "configmaps");
        AssertToldFast("create", "configmap", "during");
        Assert.That(Kubectl("get", "--raw", "/readyz").Failed().Error, Does.Contain("[-]store failed: etcd: "));
        Assert.That(Kubectl("get", "--raw", "/api/v1/configmaps?resourceVersion=0").Succeeded().Output, Does.Contain("before"), "who asks for any state gets the last one");

        Assert.That(watch.WaitForExit(Soon), Is.True, "the watch ends: it would look like one of a quiet cluster");
        Assert.That(watch.ExitCode, Is.Zero, "and it ends cleanly");
        AssertToldFast("get", "--raw", $"/api/v1/configmaps?watch=1&resourceVersion={version}");

        Restore(how);
        Eventually.Equals("readyz", Soon, "ok", () => Kubectl("get", "--raw", "/readyz").Output.Trim());
        Eventually.Holds("a write", Soon, () => Kubectl("create", "configmap", "after") is { ExitCode: 0 } ? null : "refused");
        var resumed = Kubectl("get", "--raw", $"/api/v1/configmaps?watch=1&timeoutSeconds=3&resourceVersion={version}").Succeeded().Output;
        Assert.That(Regex.Matches(resumed, "\"type\":\"ADDED\",.*?\"name\":\"after\""), Has.Count.EqualTo(1), resumed);
        Assert.That(server!.HasExited, Is.False);
    }

    private string? CreateAndSee(string name, List<string> seen)
    {
        if (Saw(seen, name) is null)
            return null;
        // Until the watch is open, what is created is not shown.
        Kubectl("delete", "configmap", name, "--ignore-not-found");
        lock (seen)
            seen.Clear();
        Kubectl("create", "configmap", name).Succeeded();
        return Saw(seen, name);
    }

    private static string? Saw(List<string> seen, string name)
    {
        lock (seen)
            return seen.Contains($"configmap/{name}") ? null : $"only {string.Join(' ', seen)}";
    }

    private void AssertToldFast(params string[] arguments)
    {
        var clock = Stopwatch.StartNew();
        var told = Kubectl(arguments).Failed();
        Assert.That(clock.Elapsed, Is.LessThan(Fast), told.CommandLine);
        Assert.That(told.Error, Does.Contain("the store did not answer").And.Contain("etcd: "), told.CommandLine);
    }

    private void Lose(string how)
    {
        if (how == "frozen")
        {
            Signal("-STOP");
            return;
        }

        etcd!.Kill();
        etcd.WaitForExit();
        etcd.Dispose();
        etcd = null;
    }

    private void Restore(string how)
    {
        if (how == "frozen")
            Signal("-CONT");
        else
            StartEtcd();
    }

    private void Signal(string signal) => Command.Run("kill", [signal, etcd!.Id.ToString(CultureInfo.InvariantCulture)]).Succeeded();

    private CommandResult Kubectl(params string[] arguments) => Command.Run("kubectl", ["--kubeconfig", Kubeconfig, .. arguments]);

    private void StartEtcd()
    {
        var (client, peer) = ($"http://127.0.0.1:{ports.Client}", $"http://127.0.0.1:{ports.Peer}");
        etcd = Daemon("etcd", "--data-dir", Path.Combine(directory, "etcd"), "--listen-client-urls", client, "--advertise-client-urls", client,
            "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", $"default={peer}", "--logger", "zap");
    }

    /// <summary>What it prints is read and forgotten, so that it never waits for us.</summary>
    private static Process Daemon(string program, params string[] arguments)
    {
        var process = Command.Start(program, arguments);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static (int Client, int Peer, int Server) FreePorts()
    {
        var listeners = Enumerable.Range(0, 3).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        var numbers = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToList();
        listeners.ForEach(listener => listener.Dispose());
        return (numbers[0], numbers[1], numbers[2]);
    }
}
