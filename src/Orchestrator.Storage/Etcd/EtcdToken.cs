using Orchestrator.Grpc.Client;
using Orchestrator.Storage.Etcd.Wire;

namespace Orchestrator.Storage.Etcd;

/// <summary>
/// The token that stands for user and password. Tokens expire and are forgotten by members that restart; whoever is refused drops
/// the token and asks again. To check a password costs etcd some 50 ms on purpose, so one call asks for all that wait. Thread-safe.
/// </summary>
internal sealed class EtcdToken(EtcdStoreOptions options) : IDisposable
{
    private readonly SemaphoreSlim asking = new(1, 1);
    private string? known;

    /// <exception cref="Grpc.GrpcException">The member fails, or does not accept the password.</exception>
    public async ValueTask<string> GetAsync(EtcdMember member, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref known) is { } ready)
            return ready;
        await asking.WaitAsync(cancellationToken);
        try
        {
            if (Volatile.Read(ref known) is { } meanwhile)
                return meanwhile;
            var credentials = new AuthenticateCall { Name = options.UserName, Password = options.Password ?? "" };
            var reply = await member.CallAsync(EtcdMethods.Authenticate, credentials, new GrpcCallOptions(options.RequestTimeout, CancellationToken: cancellationToken));
            Volatile.Write(ref known, reply.Token);
            return reply.Token;
        }
        finally
        {
            asking.Release();
        }
    }

    public void Drop() => Volatile.Write(ref known, null);

    public void Dispose() => asking.Dispose();
}
