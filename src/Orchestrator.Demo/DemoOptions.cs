using System.Globalization;

namespace Orchestrator.Demo;

/// <summary>What the environment tells the demo.</summary>
internal sealed record DemoOptions
{
    public const int DefaultPort = 8080;

    /// <summary>LISTEN_PORT.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>DEMO_VERSION: any text, shown to tell one rollout from the next.</summary>
    public string Version { get; init; } = "1";

    /// <summary>Below it each directory's files are shown.</summary>
    public string FilesDirectory { get; init; } = "/etc/demo";

    /// <summary>How long requests in flight may take after SIGTERM; well below the kubelet's 30 seconds.</summary>
    public TimeSpan ShutdownGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <exception cref="FormatException">When LISTEN_PORT is no port.</exception>
    public static DemoOptions FromEnvironment(Func<string, string?> variable)
    {
        var options = new DemoOptions();
        if (variable("DEMO_VERSION") is { Length: > 0 } version)
            options = options with { Version = version };
        if (variable("LISTEN_PORT") is not { Length: > 0 } port)
            return options;
        return ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? options with { Port = number }
            : throw new FormatException($"LISTEN_PORT is \"{port}\", expected a port number from 1 to 65535");
    }
}
