namespace Orchestrator.Storage.Tests.Etcd;

/// <summary>The etcd that comes first in the PATH.</summary>
internal static class EtcdProgram
{
    /// <summary>Ignores the calling test when there is none.</summary>
    public static string Find()
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(directory => Path.Combine(directory, "etcd")).FirstOrDefault(File.Exists);
        if (found is null)
            Assert.Ignore("etcd is not installed (Debian package etcd-server)");
        return found!;
    }
}
