namespace Orchestrator.Runtime.Content;

/// <summary>
/// Runs blocking work (decompression, hashing, file writes) on threads of its own, so that it neither starves nor waits for
/// the pool that serves requests.
/// </summary>
internal static class WorkerThread
{
    public static Task<T> RunAsync<T>(string name, Func<T> work)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                completion.SetResult(work());
            }
            catch (OperationCanceledException e)
            {
                completion.SetCanceled(e.CancellationToken);
            }
            catch (Exception e)
            {
                completion.SetException(e);
            }
        })
        {
            IsBackground = true,
            Name = name,
        };
        thread.Start();
        return completion.Task;
    }

    public static Task RunAsync(string name, Action work) => RunAsync(name, () =>
    {
        work();
        return true;
    });

    /// <summary>Runs the work for each item, at most <paramref name="width"/> at a time; fails with the first failure, after all have ended.</summary>
    public static async Task<TResult[]> ForEachAsync<TItem, TResult>(
        IReadOnlyList<TItem> items, int width, string name, Func<TItem, CancellationToken, TResult> work, CancellationToken cancellationToken)
    {
        using var gate = new SemaphoreSlim(width);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var tasks = new Task<TResult>[items.Count];
        for (var i = 0; i < items.Count; i++)
            tasks[i] = RunOneAsync(items[i]);
        await Task.WhenAll(tasks.Select(t => t.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default)));
        // A cancelled sibling says less than the failure that cancelled it.
        if (tasks.FirstOrDefault(t => t.IsFaulted) is { } failed)
            await failed;
        return await Task.WhenAll(tasks);

        async Task<TResult> RunOneAsync(TItem item)
        {
            await gate.WaitAsync(stop.Token);
            try
            {
                return await RunAsync(name, () => work(item, stop.Token));
            }
            catch
            {
                await stop.CancelAsync();
                throw;
            }
            finally
            {
                gate.Release();
            }
        }
    }
}
