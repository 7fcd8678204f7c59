using System.Globalization;
using Orchestrator.Api;
using Orchestrator.Client.Informers;
using Orchestrator.Client.Queues;
using Orchestrator.Client.Reconciling;

namespace Orchestrator.Controllers.Machinery;

/// <summary>
/// The wiring of one controller: what it watches, which keys a change puts in its queue, and who reconciles them. The files named
/// XController.cs make one each.
/// </summary>
internal sealed class Controller : IController
{
    private readonly ControllerContext context;
    private readonly ControllerOptions options;
    private readonly List<Task> synced = [];
    private readonly WorkQueue<ObjectKey> queue;
    private IReconciler? reconciler;

    public Controller(ControllerContext context, ControllerOptions options)
    {
        this.context = context;
        this.options = options;
        queue = new WorkQueue<ObjectKey>(options.Name, context.Time);
    }

    public string Name => options.Name;

    public bool IsIdle => queue.IsIdle;

    /// <summary>Each change of a kind adds the keys that <paramref name="keysOf"/> names; it must be quick and only read.</summary>
    public IInformer<T> Watch<T>(Func<InformerChange<T>, IEnumerable<ObjectKey>> keysOf)
        where T : KubernetesObject
    {
        var informer = Use<T>();
        informer.AddHandler(change =>
        {
            var trigger = RevisionOf(change.Object);
            foreach (var key in keysOf(change))
                queue.Add(key, trigger);
        });
        return informer;
    }

    /// <summary>Each change of the controller's own kind adds its key.</summary>
    public IInformer<T> WatchOwn<T>()
        where T : KubernetesObject => Watch<T>(static change => [change.Object.Key()]);

    /// <summary>Reads a kind whose changes add nothing.</summary>
    public IInformer<T> Use<T>()
        where T : KubernetesObject
    {
        var informer = context.Informers.For<T>();
        synced.Add(informer.Synced);
        return informer;
    }

    public void Enqueue(ObjectKey key, TimeSpan after = default) => queue.AddAfter(key, after);

    public Controller ReconcileWith(IReconciler value)
    {
        reconciler = value;
        return this;
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using (queue)
        {
            var logger = context.Loggers.CreateLogger("Orchestrator.Controllers." + options.Name);
            var runner = new ControllerRunner(
                options, queue, reconciler ?? throw new InvalidOperationException($"{Name} has no reconciler"), context.Informers, context.Time, logger);
            await runner.RunAsync(synced, cancellationToken);
        }
    }

    public static long RevisionOf(KubernetesObject item) =>
        long.TryParse(item.Metadata.ResourceVersion, NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? revision : 0;
}

/// <summary>A loop that runs until cancelled.</summary>
internal interface IController
{
    string Name { get; }

    /// <summary>Nothing to do now; something may be due later.</summary>
    bool IsIdle { get; }

    Task RunAsync(CancellationToken cancellationToken);
}
