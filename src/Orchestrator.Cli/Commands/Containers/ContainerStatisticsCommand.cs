using System.CommandLine;
using System.Globalization;
using Orchestrator.Cli.Containers;
using Orchestrator.Cli.Output;
using Orchestrator.Runtime.Cri;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary><c>orc ctr stats</c>: what running containers use, CPU over a short while.</summary>
internal static class ContainerStatisticsCommand
{
    private const double MebiByte = 1 << 20;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    public static Command Create()
    {
        var names = new Argument<string[]>("container") { Description = "Name, or the first digits of the id (default: all)", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("stats", "Show what running containers use") { names };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var wanted = parsed.GetValue(names) is { Length: > 0 } some ? some.Select(LocalContainers.Find).ToList() : LocalContainers.List();
            var containers = new LocalContainers(TimeProvider.System);
            var opened = new List<LocalContainer>();
            try
            {
                foreach (var record in wanted)
                    opened.Add(await containers.OpenAsync(record, cancellationToken));
                await PrintAsync(opened, TimeProvider.System, cancellationToken);
            }
            finally
            {
                opened.ForEach(static container => container.Dispose());
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static async Task PrintAsync(IReadOnlyList<LocalContainer> containers, TimeProvider time, CancellationToken cancellationToken)
    {
        var before = await ReadAsync(containers, cancellationToken);
        if (before.Count > 0)
            await Task.Delay(Interval, time, cancellationToken);
        var rows = new List<IReadOnlyList<string>>();
        foreach (var (name, now) in await ReadAsync(containers, cancellationToken))
        {
            if (before.TryGetValue(name, out var earlier))
                rows.Add(Row(name, earlier, now));
        }

        TextTable.Write(Console.Out, ["NAME", "CPU%", "MEMORY", "WORKING-SET", "PROCESSES", "WRITTEN"], rows);
    }

    // Those that have ended use nothing, and are left out.
    private static async Task<Dictionary<string, ContainerStats>> ReadAsync(IReadOnlyList<LocalContainer> containers, CancellationToken cancellationToken)
    {
        var read = new Dictionary<string, ContainerStats>();
        foreach (var container in containers)
        {
            if (await container.Runtime.ContainerStatsAsync(container.Id, cancellationToken) is { } stats)
                read[container.Record.Name] = stats;
        }

        return read;
    }

    private static IReadOnlyList<string> Row(string name, ContainerStats earlier, ContainerStats now)
    {
        var percent = 100.0 * (now.CpuUsageNanoseconds - earlier.CpuUsageNanoseconds) / (now.At - earlier.At).TotalNanoseconds;
        return
        [
            name, percent.ToString("0.0", CultureInfo.InvariantCulture), Mebibytes(now.MemoryUsageBytes), Mebibytes(now.MemoryWorkingSetBytes),
            now.Pids.ToString(CultureInfo.InvariantCulture), Mebibytes(now.WritableLayerUsedBytes),
        ];
    }

    private static string Mebibytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / MebiByte:0.0}Mi");
}
