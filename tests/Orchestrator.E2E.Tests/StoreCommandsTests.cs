using static Orchestrator.E2E.Tests.LabUnderTest;

namespace Orchestrator.E2E.Tests;

/// <summary>The commands that look after a lab's store, on the lab that runs and on the lab that is down.</summary>
[TestFixture, Order(90)]
public sealed class StoreCommandsTests
{
    private static string Backup => Path.Combine(WorkDirectory, "lab.backup");

    [TearDown]
    public void TearDown()
    {
        File.Delete(Backup);
        StartLab(); // Nothing to do when it is up.
        Kubectl("delete", "configmap,secret", "-l", "for=backup").Succeeded();
    }

    [Test]
    public void Lab_RestoredFromABackup_HoldsWhatItHeld()
    {
        Create("configmap", "early", "x");
        Create("secret", "sealed", "kept");
        OnLab("encryption", "rotate").Succeeded();
        Assert.That(RunOrc("encryption", "reencrypt", "--kubeconfig", Kubeconfig).Succeeded().Output, Does.Contain("Encrypted again:"));
        OnLab("store", "check").Succeeded();
        OnLab("backup", Backup).Succeeded();
        Assert.That(OnLab("backup", Backup).Failed().Error, Does.Contain("--force"));
        Kubectl("delete", "configmap", "early").Succeeded();
        Create("configmap", "late", "x");
        var revision = long.Parse(Json("get", "configmap", "late")["metadata"]!["resourceVersion"]!.ToString());

        Assert.That(OnLab("restore", Backup, "--replace").Failed().Error, Does.Contain("stop it first"), "not under a lab that runs");
        OnLab("down").Succeeded();
        Assert.That(OnLab("restore", Backup).Failed().Error, Does.Contain("--replace"));
        OnLab("restore", Backup, "--dry-run").Succeeded();
        OnLab("restore", Backup, "--replace").Succeeded();
        StartLab();

        Assert.That(Names("configmap"), Is.EqualTo(new[] { "early" }), "what came later is gone");
        Assert.That(Json("get", "secret", "sealed")["data"]!["k"]!.ToString(), Is.EqualTo(Convert.ToBase64String("kept"u8)));
        Assert.That(long.Parse(Json("get", "configmap", "early")["metadata"]!["resourceVersion"]!.ToString()), Is.GreaterThan(revision), "time goes on");
    }

    private static void Create(string kind, string name, string value)
    {
        Kubectl([.. kind == "secret" ? ["create", "secret", "generic", name] : (string[])["create", kind, name], $"--from-literal=k={value}"]).Succeeded();
        Kubectl("label", kind, name, "for=backup").Succeeded();
    }

    private static string[] Names(string kind) =>
        [.. Json("get", kind, "-l", "for=backup")["items"]!.AsArray().Select(item => item!["metadata"]!["name"]!.ToString())];
}
