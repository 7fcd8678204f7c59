using System.CommandLine;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Api.Errors;
using Orchestrator.Cli.Cluster;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc apply</c>: server-side apply of manifests, as field manager "orc".</summary>
internal static class ApplyCommand
{
    public static Command Create()
    {
        var cluster = new ClusterOptions();
        var files = new Option<string[]>("--filename", "-f") { Description = "File, directory or - for standard input; may be repeated", Required = true };
        var recursive = new Option<bool>("--recursive", "-R") { Description = "Look into subdirectories" };
        var force = new Option<bool>("--force-conflicts") { Description = "Take over fields that another manager set" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Let the server check everything and change nothing" };
        var command = new Command("apply", "Create or change objects from manifests") { files, recursive, force, dryRun };
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var objects = ManifestReader.Read(parsed.GetValue(files)!, parsed.GetValue(recursive));
            using var connection = cluster.Connect(parsed);
            var mapper = await ResourceMapper.LoadAsync(connection.Client, cancellationToken);
            var failed = 0;
            foreach (var item in objects)
            {
                try
                {
                    await ApplyAsync(connection, mapper, item, parsed.GetValue(force), parsed.GetValue(dryRun), cancellationToken);
                }
                catch (Exception exception) when (exception is ApiException or UserException)
                {
                    failed++; // The other objects of a manifest are still applied, as kubectl does.
                    Console.Error.WriteLine($"error: {item.Source}: {exception.Message}");
                }
            }

            return failed == 0 ? ExitCode.Ok : ExitCode.Failed;
        });
        return command;
    }

    private static async Task ApplyAsync(
        ClusterConnection connection, ResourceMapper mapper, ManifestObject item, bool force, bool dryRun, CancellationToken cancellationToken)
    {
        var resource = mapper.FindKind(item.ApiVersion, item.Kind);
        if (item.Name.Length == 0)
            throw new UserException($"{item.Kind}: resource name may not be empty");
        var path = resource.ObjectPath(item.Namespace ?? connection.Namespace, item.Name);
        var before = await ResourceVersionAsync(connection, path, cancellationToken);
        using var request = new HttpRequestMessage(
            HttpMethod.Patch, $"{path}?fieldManager=orc&fieldValidation=Strict&force={(force ? "true" : "false")}{(dryRun ? "&dryRun=All" : "")}")
        {
            Content = new StringContent(item.Document.ToJsonString(), Encoding.UTF8) { Headers = { ContentType = new MediaTypeHeaderValue("application/apply-patch+yaml") } },
        };
        var after = await connection.Client.SendJsonAsync(request, cancellationToken);
        var verb = before is null ? "created" : before == after["metadata"]?["resourceVersion"]?.ToString() ? "unchanged" : "configured";
        Console.Out.WriteLine($"{resource.QualifiedSingular}/{item.Name} {verb}{(dryRun ? " (server dry run)" : "")}");
    }

    private static async Task<string?> ResourceVersionAsync(ClusterConnection connection, string path, CancellationToken cancellationToken)
    {
        try
        {
            JsonNode current = await connection.Client.GetJsonAsync(path, "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1", cancellationToken);
            return current["metadata"]?["resourceVersion"]?.ToString();
        }
        catch (ApiException exception) when (exception.Reason == StatusReason.NotFound)
        {
            return null;
        }
    }
}
