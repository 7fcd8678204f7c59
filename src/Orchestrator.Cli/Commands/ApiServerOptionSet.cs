using System.CommandLine;
using System.Net;
using Orchestrator.Cli.Components;

namespace Orchestrator.Cli.Commands;

/// <summary>The options of every command that runs an API server.</summary>
internal sealed class ApiServerOptionSet
{
    private readonly StoreOptionSet store = new();
    private readonly HistoryOptionSet history = new();
    private readonly Option<string[]> listen = new("--listen") { Description = "ADDRESS:PORT to listen on; may be repeated", DefaultValueFactory = _ => ["127.0.0.1:6443"] };
    private readonly Option<string> dataDirectory = new("--data-dir") { Description = "Where the store and the certificates are kept", DefaultValueFactory = _ => "/var/lib/orchestrator/apiserver" };
    private readonly Option<bool> sharePort = new("--share-port") { Description = "Let other servers on this machine listen on the same addresses" };
    private readonly Option<string?> pkiDirectory = new("--pki-dir") { Description = "Where the certificates are kept (default: pki in the data directory)" };
    private readonly Option<string?> advertise = new("--advertise-address") { Description = "Address under which nodes and pods reach the server" };
    private readonly Option<string> serviceCidr = new("--service-cidr") { Description = "Range of ClusterIPs", DefaultValueFactory = _ => "10.96.0.0/16" };
    private readonly Option<int> tolerationSeconds = new("--default-toleration-seconds") { Description = "How long pods stay on a node that is not ready, when they do not say", DefaultValueFactory = _ => 300 };

    public void AddTo(Command command)
    {
        store.AddTo(command);
        history.AddTo(command);
        foreach (var option in (Option[])[listen, sharePort, dataDirectory, pkiDirectory, advertise, serviceCidr, tolerationSeconds])
            command.Options.Add(option);
    }

    /// <exception cref="UserException">An address or range is malformed.</exception>
    public ApiServerSettings Read(ParseResult parsed)
    {
        var directory = Path.GetFullPath(parsed.GetValue(dataDirectory)!);
        return new ApiServerSettings
        {
            Store = store.Read(parsed, directory),
            DataDirectory = directory,
            PkiDirectory = parsed.GetValue(pkiDirectory) is { } pki ? Path.GetFullPath(pki) : Path.Combine(directory, "pki"),
            Listen = [.. parsed.GetValue(listen)!.Select(text => Addresses.ParseEndpoint(text, "--listen"))],
            SharePort = parsed.GetValue(sharePort),
            AdvertiseAddress = parsed.GetValue(advertise) is { } address ? Addresses.Parse(address, "--advertise-address") : null,
            ServiceCidr = Addresses.ParseRange(parsed.GetValue(serviceCidr)!, "--service-cidr"),
            Retention = history.Read(parsed).Policy,
            DefaultTolerationSeconds = parsed.GetValue(tolerationSeconds),
        };
    }
}

/// <summary>Addresses on the command line.</summary>
internal static class Addresses
{
    /// <exception cref="UserException">Not an IP address.</exception>
    public static IPAddress Parse(string text, string option) =>
        IPAddress.TryParse(text, out var address) ? address : throw new UserException($"{option}: '{text}' is not an IP address", ExitCode.Usage);

    /// <exception cref="UserException">Not an address and a port.</exception>
    public static IPEndPoint ParseEndpoint(string text, string option) =>
        IPEndPoint.TryParse(text, out var endpoint) && text.Contains(':')
            ? endpoint
            : throw new UserException($"{option}: '{text}' is not of the form ADDRESS:PORT", ExitCode.Usage);

    /// <exception cref="UserException">Not a range such as 10.0.0.0/16.</exception>
    public static IPNetwork ParseRange(string text, string option) =>
        IPNetwork.TryParse(text, out var range) ? range : throw new UserException($"{option}: '{text}' is not a range such as 10.0.0.0/16", ExitCode.Usage);
}
