using System.CommandLine;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Runtime.Builder;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc image build</c>: builds an image from a Dockerfile.</summary>
internal static class ImageBuildCommand
{
    public static Command Create()
    {
        var images = new ImageOptions();
        var context = new Argument<string>("context") { Description = "Directory that COPY and ADD read from" };
        var file = new Option<string?>("--file", "-f") { Description = "Dockerfile (default: the context's)" };
        var tags = new Option<string[]>("--tag", "-t") { Description = "Name for the image; may be repeated" };
        var arguments = new Option<string[]>("--build-arg") { Description = "KEY=VALUE for ARG; may be repeated" };
        var labels = new Option<string[]>("--label") { Description = "KEY=VALUE label; may be repeated" };
        var target = new Option<string?>("--target") { Description = "Stage to build (default: the last)" };
        var noCache = new Option<bool>("--no-cache") { Description = "Run every step anew" };
        var pull = new Option<bool>("--pull") { Description = "Ask the registry for the base image even if it is here" };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Print the image id only" };
        var command = new Command("build", "Build an image from a Dockerfile") { context, file, tags, arguments, labels, target, noCache, pull, quiet };
        images.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new BuildOptions
            {
                ContextDirectory = Path.GetFullPath(parsed.GetValue(context)!),
                DockerfilePath = parsed.GetValue(file) is { } path ? Path.GetFullPath(path) : null,
                Tags = parsed.GetValue(tags) ?? [],
                BuildArguments = Pairs(parsed.GetValue(arguments), "--build-arg"),
                Labels = Pairs(parsed.GetValue(labels), "--label"),
                Target = parsed.GetValue(target),
                NoCache = parsed.GetValue(noCache),
                Pull = parsed.GetValue(pull),
                SourceDateEpoch = SourceDateEpoch(),
            };
            using var registries = images.OpenRegistries(parsed);
            var builder = new ImageBuilder(images.Open(parsed), registries, NewRunner());
            var result = await builder.BuildAsync(options, parsed.GetValue(quiet) ? Stream.Null : Console.OpenStandardError(), cancellationToken);
            Console.Out.WriteLine(result.Id);
            return ExitCode.Ok;
        });
        return command;
    }

    // Ids of containers must not repeat those of other processes.
    private static RuntimeBuildRunner NewRunner() => new(
        Path.Combine(AppContext.BaseDirectory, "orc-shim"), "/run/orchestrator/build", TimeProvider.System,
        new Random(RandomNumberGenerator.GetInt32(int.MaxValue)), NullLoggerFactory.Instance);

    private static Dictionary<string, string> Pairs(string[]? texts, string option) =>
        (texts ?? []).Select(text => text.Split('=', 2) is [{ Length: > 0 } key, var value]
            ? KeyValuePair.Create(key, value)
            : throw new UserException($"{option}: '{text}' is not of the form KEY=VALUE", ExitCode.Usage)).ToDictionary();

    // https://reproducible-builds.org/docs/source-date-epoch/
    private static DateTimeOffset? SourceDateEpoch() =>
        long.TryParse(Environment.GetEnvironmentVariable("SOURCE_DATE_EPOCH"), out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
}
