using Microsoft.Extensions.Logging;
using Orchestrator.Api;

namespace Orchestrator.Client.Informers;

/// <summary><see cref="IInformerFactory"/> over one API client.</summary>
/// <param name="random">Spreads pauses and watch timeouts; used under a lock on itself.</param>
public sealed class InformerFactory(IApiClient client, InformerOptions options, TimeProvider time, Random random, ILoggerFactory loggers)
    : IInformerFactory
{
    private readonly Lock gate = new();
    private readonly Dictionary<(Type Kind, string? FieldSelector), IRunnableInformer> informers = [];
    private readonly List<Task> running = [];
    private CancellationToken? started;

    public IInformer<T> For<T>(string? fieldSelector = null)
        where T : KubernetesObject
    {
        lock (gate)
        {
            if (informers.TryGetValue((typeof(T), fieldSelector), out var known))
                return (IInformer<T>)known;
            var informer = new Informer<T>(
                new TypedListWatch<T>(client, fieldSelector), options, time, random, loggers.CreateLogger<Informer<T>>());
            informers.Add((typeof(T), fieldSelector), informer);
            if (started is { } cancellationToken)
                running.Add(informer.RunAsync(cancellationToken));
            return informer;
        }
    }

    /// <summary>The informer of a kind without selector; null when nobody asked for it.</summary>
    internal IRunnableInformer? Cached(Type kind)
    {
        lock (gate)
            return informers.GetValueOrDefault((kind, null));
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Start(cancellationToken);
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (cancellationToken.UnsafeRegister(static s => ((TaskCompletionSource)s!).TrySetResult(), cancelled))
            await cancelled.Task;

        Task[] all;
        lock (gate)
            all = [.. running];
        await Task.WhenAll(all);
    }

    private void Start(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (started is not null)
                throw new InvalidOperationException("the informers run already");
            started = cancellationToken;
            foreach (var informer in informers.Values)
                running.Add(informer.RunAsync(cancellationToken));
        }
    }
}
