using System.CommandLine;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Api.Errors;
using Orchestrator.Cli.Cluster;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc delete</c>: deletes objects and waits until they are gone.</summary>
internal static class DeleteCommand
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    public static Command Create()
    {
        var cluster = new ClusterOptions();
        var words = new Argument<string[]>("resource") { Description = "TYPE NAME… or TYPE/NAME…", Arity = ArgumentArity.ZeroOrMore };
        var files = new Option<string[]>("--filename", "-f") { Description = "Delete what these manifests name" };
        var recursive = new Option<bool>("--recursive", "-R") { Description = "Look into subdirectories" };
        var selector = new Option<string?>("--selector", "-l") { Description = "Delete what matches this label selector" };
        var all = new Option<bool>("--all") { Description = "Delete all objects of the type in the namespace" };
        var grace = new Option<int?>("--grace-period") { Description = "Seconds a pod has to end by itself" };
        var cascade = new Option<string>("--cascade") { Description = "background, foreground or orphan", DefaultValueFactory = _ => "background" };
        cascade.AcceptOnlyFromAmong("background", "foreground", "orphan");
        var ignoreNotFound = new Option<bool>("--ignore-not-found") { Description = "What does not exist is not an error" };
        var wait = new Option<bool>("--wait") { Description = "Return when the objects are gone", DefaultValueFactory = _ => true };
        var command = new Command("delete", "Delete objects") { words, files, recursive, selector, all, grace, cascade, ignoreNotFound, wait };
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var connection = cluster.Connect(parsed);
            var mapper = await ResourceMapper.LoadAsync(connection.Client, cancellationToken);
            var targets = new List<(DiscoveredResource Resource, string Path, string Name)>();
            if (parsed.GetValue(files) is { Length: > 0 } paths)
            {
                foreach (var item in ManifestReader.Read(paths, parsed.GetValue(recursive)))
                {
                    var resource = mapper.FindKind(item.ApiVersion, item.Kind);
                    targets.Add((resource, resource.ObjectPath(item.Namespace ?? connection.Namespace, item.Name), item.Name));
                }
            }
            else
            {
                foreach (var target in ResourceArguments.Parse(parsed.GetValue(words)!, mapper))
                    targets.AddRange(await ExpandAsync(connection, target, parsed.GetValue(selector), parsed.GetValue(all), cancellationToken));
            }

            var options = DeleteOptions(parsed.GetValue(grace), parsed.GetValue(cascade)!);
            var failed = false;
            foreach (var (resource, path, name) in targets)
            {
                if (await DeleteAsync(connection, path, options, cancellationToken))
                    Console.Out.WriteLine($"{resource.QualifiedSingular} \"{name}\" deleted");
                else if (!parsed.GetValue(ignoreNotFound))
                {
                    failed = true;
                    Console.Error.WriteLine($"Error from server (NotFound): {resource.Plural} \"{name}\" not found");
                }
            }

            if (parsed.GetValue(wait))
            {
                foreach (var (_, path, _) in targets)
                    await WaitUntilGoneAsync(connection, path, cancellationToken);
            }

            return failed ? ExitCode.Failed : ExitCode.Ok;
        });
        return command;
    }

    private static async Task<IEnumerable<(DiscoveredResource, string, string)>> ExpandAsync(
        ClusterConnection connection, ResourceTarget target, string? selector, bool all, CancellationToken cancellationToken)
    {
        if (target.Name is not null)
            return [(target.Resource, target.Resource.ObjectPath(connection.Namespace, target.Name), target.Name)];
        if (selector is null && !all)
            throw new UserException("name what to delete, or give --selector or --all", ExitCode.Usage);
        var path = target.Resource.CollectionPath(connection.Namespace) + (selector is null ? "" : $"?labelSelector={Uri.EscapeDataString(selector)}");
        var list = await connection.Client.GetJsonAsync(path, "application/json", cancellationToken);
        return (list["items"] as JsonArray ?? []).Select(item => item!["metadata"]!["name"]!.GetValue<string>())
            .Select(name => (target.Resource, target.Resource.ObjectPath(connection.Namespace, name), name));
    }

    private static string DeleteOptions(int? grace, string cascade)
    {
        var options = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "DeleteOptions",
            ["propagationPolicy"] = char.ToUpperInvariant(cascade[0]) + cascade[1..],
        };
        if (grace is not null)
            options["gracePeriodSeconds"] = grace;
        return options.ToJsonString();
    }

    private static async Task<bool> DeleteAsync(ClusterConnection connection, string path, string options, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, path)
        {
            Content = new StringContent(options, Encoding.UTF8) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        try
        {
            await connection.Client.SendJsonAsync(request, cancellationToken);
            return true;
        }
        catch (ApiException exception) when (exception.Reason == StatusReason.NotFound)
        {
            return false;
        }
    }

    private static async Task WaitUntilGoneAsync(ClusterConnection connection, string path, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await connection.Client.GetJsonAsync(path, "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1", cancellationToken);
                await Task.Delay(PollInterval, TimeProvider.System, cancellationToken);
            }
        }
        catch (ApiException exception) when (exception.Reason == StatusReason.NotFound)
        {
            // Gone, as asked.
        }
    }
}
