using System.Text;

namespace Orchestrator.Cli.Output;

/// <summary>Left-aligned columns with three spaces between, as kubectl prints them.</summary>
internal static class TextTable
{
    private const int Gap = 3;

    public static void Write(TextWriter writer, IReadOnlyList<string> header, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var widths = new int[header.Count];
        foreach (var row in rows.Prepend(header))
        {
            for (var i = 0; i < widths.Length; i++)
                widths[i] = Math.Max(widths[i], row[i].Length);
        }

        WriteRow(writer, header, widths);
        foreach (var row in rows)
            WriteRow(writer, row, widths);
    }

    private static void WriteRow(TextWriter writer, IReadOnlyList<string> row, int[] widths)
    {
        var line = new StringBuilder();
        for (var i = 0; i < widths.Length; i++)
            line.Append(i == widths.Length - 1 ? row[i] : row[i].PadRight(widths[i] + Gap));
        writer.WriteLine(line.ToString().TrimEnd());
    }
}
