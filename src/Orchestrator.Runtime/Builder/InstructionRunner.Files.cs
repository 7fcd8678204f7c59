using System.Globalization;
using System.Text;
using Orchestrator.Linux.Files;
using Orchestrator.Runtime.Content;
using Orchestrator.Runtime.Snapshots;

namespace Orchestrator.Runtime.Builder;

/// <summary>This part: instructions that make layers.</summary>
internal sealed partial class InstructionRunner
{
    private async Task<bool> CopyAsync(DockerfileStage stage, StageState state, DockerfileInstruction instruction, CancellationToken cancellationToken)
    {
        var words = new ShellWords(state.Variables(), escape);
        var paths = JsonList(instruction.Arguments)?.Select(words.Expand).ToList() ?? words.Split(instruction.Arguments);
        if (paths.Count < 2)
            throw new InstructionException("needs a source and a destination");
        var isAdd = instruction.Keyword == "ADD";
        var inline = instruction.Heredocs.Select(h => h with { Content = h.Expand ? words.Expand(h.Content) : h.Content }).ToList();
        var sources = paths.SkipLast(1).Where(p => !DockerfileParser.HeredocPattern().IsMatch(p)).ToList();
        if (isAdd && sources.FirstOrDefault(s => s.Contains("://", StringComparison.Ordinal) || s.StartsWith("git@", StringComparison.Ordinal)) is { } url)
            throw new InstructionException($"\"{url}\": remote sources are not supported; fetch the file first, or with RUN");
        var from = instruction.Flag("from") is { } name ? await session.FromAsync(words.Expand(name), stage.Index, cancellationToken) : null;
        var tree = from is null ? session.Context : new SourceTree(session.Layers.OpenReadable(from), DockerIgnore.None, $"\"{from.Title}\"");
        try
        {
            var destination = new Destination(paths[^1], state.Config.WorkingDirectory);
            var plan = CopyPlan.Create(tree, sources, destination.IsDirectory, keepsOwner: from is not null);
            if (sources.Count + inline.Count > 1 && !destination.IsDirectory)
                throw new InstructionException($"with several sources the destination \"{paths[^1]}\" must end with a slash");
            var chown = words.Expand(instruction.Flag("chown") ?? "");
            var chmod = instruction.Flag("chmod");
            state.Advance(
                instruction.Keyword, destination.Path, destination.IsDirectory.ToString(), chown, chmod ?? "", from?.Key ?? "",
                plan.ContentDigest(cancellationToken), string.Join('\0', inline.Select(h => h.Word + "\0" + h.Content)));
            return await session.Layers.RunAsync(state, instruction.ToString(), directories => WorkerThread.RunAsync("image-copy", () =>
            {
                var root = session.Layers.OpenWritable(state, directories);
                using var target = new LayerTree(root);
                var attributes = new CopyAttributes(Owners.Resolve(chown, root), Mode(chmod));
                Write(tree, plan, target, destination, attributes, isAdd, cancellationToken);
                WriteInline(inline, target, destination, attributes);
                return plan.NewestSeconds;
            }), cancellationToken);
        }
        finally
        {
            if (from is not null)
                tree.Dispose();
        }
    }

    private static void Write(
        SourceTree tree, CopyPlan plan, LayerTree target, Destination destination, CopyAttributes attributes, bool isAdd, CancellationToken cancellationToken)
    {
        foreach (var item in plan.Items)
        {
            if (isAdd && item.IsNamed && item.Status.Kind == FileKind.Regular && AddedArchive.TryOpen(tree, item.Source) is { } archive)
            {
                using (archive)
                    LayerUnpacker.Extract(archive, target, destination.Path, cancellationToken);
                continue;
            }

            // A file goes into a directory that is there, even if the name does not end with a slash.
            var path = item.Target.Length == 0 && item.Status.Kind != FileKind.Directory && target.IsDirectory(destination.Path)
                ? Destination.Combine(destination.Path, LayerTree.Split(item.Source).Name)
                : Destination.Combine(destination.Path, item.Target);
            plan.Apply(target, item, path, attributes);
        }
    }

    private static void WriteInline(IReadOnlyList<Heredoc> files, LayerTree target, Destination destination, CopyAttributes attributes)
    {
        foreach (var file in files)
        {
            var path = destination.IsDirectory || target.IsDirectory(destination.Path) ? Destination.Combine(destination.Path, file.Word) : destination.Path;
            var entry = new TarEntry { Name = path, Mode = attributes.Mode ?? 0x1A4, Uid = attributes.Owner?.Uid ?? 0, Gid = attributes.Owner?.Gid ?? 0 };
            using var handle = target.CreateFile(path);
            OpenFile.Write(handle, Encoding.UTF8.GetBytes(file.Content));
            LayerTree.Finish(handle, entry, path);
        }
    }

    private async Task<bool> ChangeDirectoryAsync(StageState state, DockerfileInstruction instruction, CancellationToken cancellationToken)
    {
        var text = new ShellWords(state.Variables(), escape).Expand(instruction.Arguments);
        var destination = new Destination(text, state.Config.WorkingDirectory);
        state.Config.WorkingDirectory = "/" + ByteString.ToText(destination.Path);
        state.Advance("WORKDIR", destination.Path);
        return await session.Layers.RunAsync(state, instruction.ToString(), directories =>
        {
            using var tree = new LayerTree(session.Layers.OpenWritable(state, directories));
            tree.EnsureDirectory(new TarEntry { Name = destination.Path, Type = TarEntryType.Directory, Mode = 0x1ED }, destination.Path);
            return Task.FromResult(0L);
        }, cancellationToken);
    }

    private async Task<bool> RunAsync(StageState state, DockerfileInstruction instruction, CancellationToken cancellationToken)
    {
        var command = RunCommand(state, instruction);
        // Arguments are the command's environment, though not the image's.
        var environment = new SortedDictionary<string, string>(state.Variables(), StringComparer.Ordinal);
        environment.TryAdd("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        var variables = environment.Select(v => $"{v.Key}={v.Value}").ToList();
        state.Advance(["RUN", instruction.Flag("network") ?? "", string.Join('\0', command), .. variables]);
        return await session.Layers.RunAsync(state, instruction.ToString(), async directories =>
        {
            if (runner is null)
                throw new InstructionException("commands cannot be run here");
            var stack = state.Stack(store.Layers);
            if (stack.Count == 0)
                throw new InstructionException("there is no file system to run in: the stage is from scratch and nothing has been copied");
            var container = new BuildContainer(
                stack, directories.Upper, directories.Work, command, variables, state.Config.WorkingDirectory, state.Config.User, instruction.Flag("network") != "none");
            var exitCode = await runner.RunAsync(container, output.Stream, cancellationToken);
            return exitCode == 0
                ? store.Time.GetUtcNow().ToUnixTimeSeconds()
                : throw new InstructionException($"the command returned exit code {exitCode.ToString(CultureInfo.InvariantCulture)}: {instruction.Arguments}");
        }, cancellationToken);
    }

    private static IReadOnlyList<string> RunCommand(StageState state, DockerfileInstruction instruction)
    {
        if (instruction.Heredocs.Count == 0)
            return CommandLine(state, instruction.Arguments);
        // A heredoc alone is the script; with a command before it the shell reads it as its own.
        if (instruction.Heredocs is [var script] && DockerfileParser.HeredocPattern().Match(instruction.Arguments) is { Success: true } match && match.Length == instruction.Arguments.Length)
            return [.. state.Config.Shell, script.Content];
        var text = new StringBuilder(instruction.Arguments).Append('\n');
        foreach (var heredoc in instruction.Heredocs)
            text.Append(heredoc.Content).Append(heredoc.Word).Append('\n');
        return [.. state.Config.Shell, text.ToString()];
    }

    private static uint? Mode(string? chmod)
    {
        if (chmod is null)
            return null;
        return chmod.Length is > 0 and <= 4 && !chmod.AsSpan().ContainsAnyExceptInRange('0', '7')
            ? Convert.ToUInt32(chmod, 8)
            : throw new InstructionException($"--chmod={chmod}: only octal modes are supported");
    }
}

/// <summary>Where COPY writes to. The path is a byte string relative to the root.</summary>
internal sealed class Destination
{
    public Destination(string text, string workingDirectory)
    {
        IsDirectory = text.EndsWith('/') || text.EndsWith("/.", StringComparison.Ordinal) || text == ".";
        Path = ByteString.FromText(System.IO.Path.GetFullPath(text, workingDirectory).Trim('/'));
    }

    public string Path { get; }

    /// <summary>Whether it was written as a directory.</summary>
    public bool IsDirectory { get; }

    public static string Combine(string directory, string name) => directory.Length == 0 ? name : name.Length == 0 ? directory : directory + "/" + name;
}
