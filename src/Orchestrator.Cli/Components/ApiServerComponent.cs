using System.Net;
using Orchestrator.ApiServer.Authentication.Tokens;
using Orchestrator.ApiServer.Encryption;
using Orchestrator.ApiServer.Hosting;
using Orchestrator.Linux.Procfs;
using Orchestrator.Storage;
using Orchestrator.Storage.Backup;
using Orchestrator.Storage.Retention;

namespace Orchestrator.Cli.Components;

/// <summary>Settings of one API server process.</summary>
internal sealed record ApiServerSettings
{
    public required StoreOptions Store { get; init; }

    public required string DataDirectory { get; init; }
    public required string PkiDirectory { get; init; }
    public required IReadOnlyList<IPEndPoint> Listen { get; init; }

    /// <summary>Other servers on this machine listen on the same addresses; each connection goes to one that lives.</summary>
    public bool SharePort { get; init; }

    /// <summary>Where nodes and pods reach it; null takes the first listen address.</summary>
    public IPAddress? AdvertiseAddress { get; init; }

    public required IPNetwork ServiceCidr { get; init; }

    /// <summary>How much history the store keeps.</summary>
    public RetentionPolicy Retention { get; init; } = new();

    /// <summary>Seconds pods tolerate a node that is not ready or unreachable, when they do not say.</summary>
    public int DefaultTolerationSeconds { get; init; } = 300;
}

/// <summary>A started API server with the store it owns.</summary>
internal sealed record ApiServerComponent(ApiServerHost Host, IKeyValueStore Store) : IAsyncDisposable
{
    /// <summary>Opens the store and starts to listen; the server becomes ready a little later (<see cref="ApiServerHost.Ready"/>).</summary>
    public static async Task<ApiServerComponent> StartAsync(
        ApiServerSettings settings, ClusterPki pki, ComponentContext context, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(settings.DataDirectory);
        var store = await OpenStoreAsync(settings, context, cancellationToken);
        var advertise = settings.AdvertiseAddress ?? settings.Listen[0].Address;
        var serving = pki.ApiServerServing([.. ServingAddresses(settings, advertise)]);
        var options = new ApiServerOptions
        {
            Listen = settings.Listen,
            SharePort = settings.SharePort,
            ServerCertificate = serving.ToCertificate(),
            Advertise = new IPEndPoint(advertise, settings.Listen[0].Port),
            ServiceCidr = settings.ServiceCidr,
            Retention = settings.Retention,
        };
        var cluster = new ClusterOptions
        {
            AuthoritiesPem = pki.Authority.CertificatePem,
            ServiceAccountKeys = SigningKeys.LoadOrCreate(settings.PkiDirectory),
            KubeletClientCertificate = pki.KubeletClient().ToCertificate(),
            DefaultTolerationSeconds = settings.DefaultTolerationSeconds,
        };
        var host = new ApiServerHost(options, ClusterComposition.Of(cluster, context.Loggers), store, context.Loggers, context.Time);
        host.StartDelayed += context.Notify.Status;
        try
        {
            await host.StartAsync(cancellationToken);
        }
        catch (IOException) when (settings.Listen.FirstOrDefault(TcpListeners.IsTaken) is { } taken)
        {
            var owner = TcpListeners.FindOwner(taken) is { } process ? $"process {process.Pid} ({process.Command})" : "another process";
            throw new UserException($"{owner} listens on {taken} already: stop it, or choose another port with --listen");
        }

        return new ApiServerComponent(host, store);
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Store.DisposeAsync();
    }

    /// <summary>The store, with secrets encrypted in it by keys that lie with the certificates.</summary>
    /// <exception cref="UserException">A restore was interrupted.</exception>
    private static async Task<IKeyValueStore> OpenStoreAsync(ApiServerSettings settings, ComponentContext context, CancellationToken cancellationToken)
    {
        var store = await StoreFactory.OpenAsync(settings.Store, context.Time, context.Loggers, cancellationToken);
        try
        {
            if ((await store.GetAsync(StoreRestore.MarkerKey, 0, cancellationToken)).KeyValue is not null)
                throw new UserException("a restore of the store was interrupted: run 'orc restore' again");
            var keyFile = Path.Combine(settings.PkiDirectory, KeyFile.FileName);
            KeyFile.Ensure(keyFile, context.Time);
            return await EncryptingStore.OpenAsync(store, keyFile, cancellationToken);
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>Addresses of every API server: loopback, and that of Service default/kubernetes, the first of the Service range.</summary>
    public static IEnumerable<IPAddress> CommonAddresses(IPNetwork serviceCidr)
    {
        var service = serviceCidr.BaseAddress.GetAddressBytes();
        service[^1] += 1;
        return [IPAddress.Loopback, new IPAddress(service)];
    }

    private static IEnumerable<IPAddress> ServingAddresses(ApiServerSettings settings, IPAddress advertise) =>
        settings.Listen.Select(endpoint => endpoint.Address)
            .Where(address => !address.Equals(IPAddress.Any))
            .Concat(CommonAddresses(settings.ServiceCidr)).Append(advertise)
            .Distinct();
}
