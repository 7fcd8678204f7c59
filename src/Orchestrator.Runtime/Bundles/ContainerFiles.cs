namespace Orchestrator.Runtime.Bundles;

/// <summary>Names of the files in a container's directories.</summary>
internal static class ContainerFiles
{
    public static string Document(string directory) => Path.Combine(directory, "container.json");

    public static string State(string directory) => Path.Combine(directory, "state");

    public static string MountPoint(string directory) => Path.Combine(directory, "rootfs");

    public static string Upper(string writable) => Path.Combine(writable, "upper");

    public static string Work(string writable) => Path.Combine(writable, "work");
}
