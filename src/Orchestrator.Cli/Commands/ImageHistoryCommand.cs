using System.CommandLine;
using Orchestrator.Cli.Output;
using Orchestrator.Runtime.Images;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc image history</c>: the instructions an image was made by, newest first.</summary>
internal static class ImageHistoryCommand
{
    private const int InstructionWidth = 100;

    public static Command Create()
    {
        var images = new ImageOptions();
        var image = new Argument<string>("image") { Description = "Name or id" };
        var whole = new Option<bool>("--no-trunc") { Description = "Show instructions whole" };
        var command = new Command("history", "Show the instructions an image was made by") { image, whole };
        images.AddTo(command);
        command.SetAction(parsed =>
        {
            var width = parsed.GetValue(whole) ? int.MaxValue : InstructionWidth;
            var rows = new ImageAdministration(images.Open(parsed)).History(parsed.GetValue(image)!)
                .Select(entry => (IReadOnlyList<string>)[entry.Created ?? "", entry.EmptyLayer ? "" : "yes", Shorten(entry.CreatedBy ?? entry.Comment ?? "", width)])
                .ToList();
            TextTable.Write(Console.Out, ["CREATED", "LAYER", "CREATED BY"], rows);
            return ExitCode.Ok;
        });
        return command;
    }

    private static string Shorten(string text, int width)
    {
        text = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= width ? text : text[..(width - 1)] + "…";
    }
}
