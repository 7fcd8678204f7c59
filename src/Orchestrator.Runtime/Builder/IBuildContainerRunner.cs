namespace Orchestrator.Runtime.Builder;

/// <summary>A command of a build and the root filesystem it runs on.</summary>
/// <param name="LayerDirectories">For overlayfs' lowerdir, topmost first.</param>
/// <param name="UpperDirectory">Empty; takes what the command changes.</param>
/// <param name="OverlayWorkDirectory">Empty, beside <paramref name="UpperDirectory"/>.</param>
/// <param name="Command">Program and arguments.</param>
/// <param name="Environment">NAME=value.</param>
/// <param name="User">As in an image configuration; empty means root.</param>
/// <param name="Network">False: loopback only. True: the host's network.</param>
public sealed record BuildContainer(
    IReadOnlyList<string> LayerDirectories, string UpperDirectory, string OverlayWorkDirectory, IReadOnlyList<string> Command,
    IReadOnlyList<string> Environment, string WorkingDirectory, string User, bool Network);

/// <summary>Runs the commands of RUN instructions.</summary>
public interface IBuildContainerRunner
{
    /// <summary>Runs the command to its end; nothing of the container is left but the changes in the upper directory.</summary>
    /// <param name="output">Receives standard output and error as they come.</param>
    /// <returns>The exit code.</returns>
    Task<int> RunAsync(BuildContainer container, Stream output, CancellationToken cancellationToken);
}
