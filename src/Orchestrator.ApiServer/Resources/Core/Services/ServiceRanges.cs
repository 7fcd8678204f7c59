using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Hosting;

namespace Orchestrator.ApiServer.Resources.Core.Services;

/// <summary>
/// The two ranges services take from. The lower part of each is left to people who choose values by hand (KEP-3070), as long as
/// the rest is not used up.
/// </summary>
internal static class ServiceRanges
{
    private const string AddressPrefix = "/registry/ranges/serviceips/";
    private const string NodePortPrefix = "/registry/ranges/servicenodeports/";

    private static readonly ConditionalWeakTable<IApiServer, Pair> Ranges = [];

    public static ValueRange Addresses(IApiServer server) => Ranges.GetValue(server, static key => new Pair(key)).Addresses;

    public static ValueRange NodePorts(IApiServer server) => Ranges.GetValue(server, static key => new Pair(key)).NodePorts;

    /// <summary>The first usable address of the range: that of the service default/kubernetes.</summary>
    public static IPAddress FirstAddress(IPNetwork range) => AddressAt(range, 0);

    internal static int StaticBand(int size, int divisor, int max) => size <= 16 ? 0 : Math.Min(Math.Max(16, size / divisor), max);

    private static ValueRange ForAddresses(IApiServer server)
    {
        var cidr = server.Options.ServiceCidr;
        // Neither the network's own address nor the broadcast address is given out.
        var count = (int)Math.Min((1L << (32 - cidr.PrefixLength)) - 2, int.MaxValue);
        return new ValueRange(
            server.Store, server.Time, AddressPrefix, cidr.ToString(), count, StaticBand(count, 16, 256),
            index => AddressAt(cidr, index).ToString(), value => IndexOf(cidr, value, count),
            value => server.Reader.List<Service>(null).Any(service => service.Spec?.ClusterIP == value), NewRandom(server));
    }

    private static ValueRange ForNodePorts(IApiServer server)
    {
        var (first, last) = server.Options.NodePorts;
        var count = last - first + 1;
        return new ValueRange(
            server.Store, server.Time, NodePortPrefix, $"{first}-{last}", count, StaticBand(count, 32, 128),
            index => (first + index).ToString(CultureInfo.InvariantCulture),
            value => int.Parse(value, CultureInfo.InvariantCulture) is var port && port >= first && port <= last ? port - first : -1,
            value => int.Parse(value, CultureInfo.InvariantCulture) is var port && server.Reader.List<Service>(null).Any(service => UsesPort(service, port)),
            NewRandom(server));
    }

    private static Random NewRandom(IApiServer server) => server.Options.RandomSeed is { } seed ? new Random(seed) : new Random(System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue));

    private static bool UsesPort(Service? service, int port) =>
        service?.Spec?.HealthCheckNodePort == port || service?.Spec?.Ports?.Any(one => one.NodePort == port) == true;

    private static IPAddress AddressAt(IPNetwork range, int index)
    {
        var bytes = range.BaseAddress.GetAddressBytes();
        BinaryPrimitives.WriteUInt32BigEndian(bytes, BinaryPrimitives.ReadUInt32BigEndian(bytes) + 1 + (uint)index);
        return new IPAddress(bytes);
    }

    private static int IndexOf(IPNetwork range, string value, int count)
    {
        if (!IPAddress.TryParse(value, out var address) || address.AddressFamily != range.BaseAddress.AddressFamily || !range.Contains(address))
            return -1;
        var offset = BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes())
            - (long)BinaryPrimitives.ReadUInt32BigEndian(range.BaseAddress.GetAddressBytes()) - 1;
        return offset >= 0 && offset < count ? (int)offset : -1;
    }

    private sealed class Pair(IApiServer server)
    {
        public ValueRange Addresses { get; } = ForAddresses(server);

        public ValueRange NodePorts { get; } = ForNodePorts(server);
    }
}
