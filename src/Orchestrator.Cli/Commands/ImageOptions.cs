using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Cli.Lab;
using Orchestrator.Runtime.Images;
using Orchestrator.Runtime.Registry;

namespace Orchestrator.Cli.Commands;

/// <summary>The options of every command that works on the machine's images.</summary>
internal sealed class ImageOptions
{
    private readonly Option<string> dataDirectory = new("--data-dir")
    {
        Description = "Where labs and images are kept",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("ORC_DATA_DIR") ?? LabPaths.DefaultDataDirectory,
    };

    public void AddTo(Command command) => command.Options.Add(dataDirectory);

    public string DataDirectory(ParseResult parsed) => Path.GetFullPath(parsed.GetValue(dataDirectory)!);

    /// <exception cref="UserException">There is no such directory, and none can be made.</exception>
    public ImageStore Open(ParseResult parsed)
    {
        try
        {
            return new ImageStore(Path.Combine(DataDirectory(parsed), "images"), TimeProvider.System);
        }
        catch (IOException exception)
        {
            throw new UserException($"images cannot be kept in {DataDirectory(parsed)} ({exception.Message}): choose another place with --data-dir or ORC_DATA_DIR");
        }
    }

    public ImageService OpenService(ParseResult parsed) => new(Open(parsed), OpenRegistries(parsed), NullLogger<ImageService>.Instance);

    /// <summary>Uses the logins that <c>orc image login</c> keeps.</summary>
    public RegistryClient OpenRegistries(ParseResult parsed) => new(new RegistryOptions(), Open(parsed).Logins, TimeProvider.System);
}
