namespace Orchestrator.E2E.Crashes;

/// <summary>
/// Creates objects of its own, changes and deletes them, one request at a time, each naming the revision it replaces. An object of
/// which it does not know what became is left alone until the round's end.
/// </summary>
internal sealed class CrashWriter(CrashClient client, CrashLedger ledger, Random random, string name)
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(20);

    private readonly List<(string Name, long Revision)> mine = [];
    private int count;

    public async Task RunAsync(CancellationToken stop)
    {
        // A request under way is never given up: its answer is what the test is about.
        while (!stop.IsCancellationRequested)
        {
            if (!await StepAsync())
                await Task.Delay(PauseAfterFailure, CancellationToken.None);
        }
    }

    /// <returns>Whether it was acknowledged.</returns>
    private Task<bool> StepAsync()
    {
        var value = $"{name}-{++count}";
        if (mine.Count == 0 || random.Next(3) == 0)
            return CreateAsync(value);
        var index = random.Next(mine.Count);
        var item = mine[index];
        mine.RemoveAt(index);
        return random.Next(4) == 0 ? DeleteAsync(item) : UpdateAsync(item, value);
    }

    private async Task<bool> CreateAsync(string item)
    {
        var answer = await ledger.CreateAsync(client, item, item);
        if (answer.IsAcknowledged)
            mine.Add((item, answer.Revision));
        return answer.IsAcknowledged;
    }

    private async Task<bool> UpdateAsync((string Name, long Revision) item, string value)
    {
        var answer = await ledger.UpdateAsync(client, item.Name, value, item.Revision);
        if (!answer.IsUnknown)
            mine.Add(answer.IsAcknowledged ? (item.Name, answer.Revision) : item);
        return answer.IsAcknowledged;
    }

    private async Task<bool> DeleteAsync((string Name, long Revision) item)
    {
        var answer = await ledger.DeleteAsync(client, item.Name, item.Revision);
        if (!answer.IsUnknown && !answer.IsAcknowledged)
            mine.Add(item);
        return answer.IsAcknowledged;
    }
}
