using System.CommandLine;
using Orchestrator.Dns;
using Orchestrator.Dns.Forwarding;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc dns</c>: the cluster's DNS server alone.</summary>
internal static class DnsCommand
{
    public static Command Create()
    {
        var listen = new Option<string[]>("--listen") { Description = "ADDRESS:PORT to answer on, UDP and TCP; may be repeated", DefaultValueFactory = _ => ["127.0.0.1:53"] };
        var domain = new Option<string>("--cluster-domain") { Description = "The cluster's domain", DefaultValueFactory = _ => "cluster.local" };
        var ranges = new Option<string[]>("--own-range") { Description = "Pod or Service range whose reverse names are the cluster's; may be repeated" };
        return ClientComponent.Create("dns", "Run the cluster's DNS server alone", [listen, domain, ranges], (parsed, _, informers, _, context) => async token =>
        {
            var endpoints = parsed.GetValue(listen)!.Select(text => Addresses.ParseEndpoint(text, "--listen")).ToList();
            var options = new DnsOptions
            {
                Listen = [.. endpoints],
                Zone = parsed.GetValue(domain)!,
                OwnRanges = [.. (parsed.GetValue(ranges) ?? []).Select(text => Addresses.ParseRange(text, "--own-range"))],
                Upstreams = ResolverFile.ReadMachine([.. endpoints.Select(endpoint => endpoint.Address)]),
            };
            using var server = new ClusterDns(options, informers, context.Time, context.NewRandom(), context.Loggers);
            await server.RunAsync(token);
        });
    }
}
