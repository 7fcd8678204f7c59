using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.ApiServer.Encryption;
using Orchestrator.Cli.Cluster;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc encryption</c>: the keys that secrets are encrypted with in the store.</summary>
internal static class EncryptionCommand
{
    public static Command Create() => new("encryption", "See and change the keys that secrets are encrypted with in the store")
    {
        CreateVisit("status", "Show how many secrets are encrypted with which key", HttpMethod.Get),
        CreateVisit("reencrypt", "Encrypt all secrets again with the newest key", HttpMethod.Post),
        CreateRotate(),
    };

    private static Command CreateVisit(string name, string description, HttpMethod method)
    {
        var cluster = new ClusterOptions();
        var output = new Option<string>("--output", "-o") { Description = "table, json or yaml", DefaultValueFactory = _ => "table" };
        output.AcceptOnlyFromAmong("table", "json", "yaml");
        var command = new Command(name, description) { output };
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var connection = cluster.Connect(parsed);
            using var request = new HttpRequestMessage(method, "/encryption");
            using var response = await connection.Client.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
            var status = JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken))!;
            Print(status, parsed.GetValue(output)!, rewrote: method == HttpMethod.Post);
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command CreateRotate()
    {
        var lab = new LabOptions();
        var keyFile = new Option<string?>("--key-file") { Description = "Another key file than the lab's" };
        var command = new Command("rotate", "Add a key, which new writes use from now on") { keyFile };
        lab.AddTo(command);
        command.SetAction(parsed =>
        {
            var path = parsed.GetValue(keyFile) ?? Path.Combine(lab.Load(parsed).Paths.Pki, KeyFile.FileName);
            if (!File.Exists(path))
                throw new UserException($"there is no {path}: it is made when the API server first starts");
            var id = KeyFile.Rotate(path, TimeProvider.System);
            Console.Out.WriteLine($"New secrets are encrypted with key {id}. 'orc encryption reencrypt' does the same to those that are there.");
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Print(JsonNode status, string format, bool rewrote)
    {
        if (format == "json")
        {
            Console.Out.WriteLine(status.ToJsonString(JsonOutput.Indented));
            return;
        }

        if (format == "yaml")
        {
            YamlOutput.Write(Console.Out, status);
            return;
        }

        var newest = status["newestKey"]!.GetValue<string>();
        var rows = status["objectsByKey"]!.AsObject()
            .Select(pair => (IReadOnlyList<string>)[pair.Key.Length == 0 ? "(not encrypted)" : pair.Key, pair.Value!.ToString(), pair.Key == newest ? "new writes" : ""])
            .ToList();
        TextTable.Write(Console.Out, ["KEY", "SECRETS", "USE"], rows);
        if (rewrote)
            Console.Out.WriteLine($"Encrypted again: {status["rewritten"]}. History holds older forms until it is given up.");
    }
}
