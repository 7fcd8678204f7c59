using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace Orchestrator.ApiServer.Discovery;

/// <summary>What /version says: the Kubernetes version whose API this is, with our build as suffix.</summary>
public static class ServerVersion
{
    public const string Major = "1";
    public const string Minor = "36";

    /// <summary>E.g. "v1.36.2+orc0.1.0".</summary>
    public static string GitVersion { get; } =
        $"v{Major}.{Minor}.2+orc{typeof(ServerVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]}";

    public static byte[] Json { get; } = Encoding.UTF8.GetBytes(
        $$"""{"major":"{{Major}}","minor":"{{Minor}}","emulationMajor":"{{Major}}","emulationMinor":"{{Minor}}","gitVersion":"{{GitVersion}}","gitCommit":"","gitTreeState":"clean","buildDate":"1970-01-01T00:00:00Z","goVersion":"","compiler":"{{RuntimeInformation.FrameworkDescription}}","platform":"linux/{{Architecture}}"}""");

    private static string Architecture => RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64";
}
