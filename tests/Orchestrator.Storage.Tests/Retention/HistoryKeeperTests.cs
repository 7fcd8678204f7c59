using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Storage.Memory;
using Orchestrator.Storage.Retention;

namespace Orchestrator.Storage.Tests.Retention;

[TestFixture]
internal sealed class HistoryKeeperTests
{
    private static readonly TimeSpan Minute = HistoryKeeper.Interval;

    private ManualTimeProvider time = null!;
    private MemoryStore store = null!;

    [SetUp]
    public void Open()
    {
        time = new ManualTimeProvider();
        store = new MemoryStore(time);
    }

    [TearDown]
    public async Task CloseAsync() => await store.DisposeAsync();

    [Test]
    public async Task Step_ChangesForHours_KeepsTheLastHourExactly()
    {
        var keeper = NewKeeper();
        List<long> revisions = [];
        for (var minute = 0; minute < 200; minute++)
        {
            revisions.Add(await PutAsync(minute));
            await keeper.StepAsync(default);
            time.Advance(Minute);
        }

        // The last step was a minute ago, at minute 199; what held an hour before can still be read, a little earlier cannot.
        Assert.That(await ReadAsync(revisions[140]), Is.EqualTo(140));
        Assert.ThrowsAsync<StoreException>(async () => await ReadAsync(revisions[137]));
        Assert.That((await MarksAsync()).Count, Is.EqualTo(60), "forgotten marks go too");
    }

    [Test]
    public async Task Step_IdleStore_WritesNothing()
    {
        var keeper = NewKeeper();
        await PutAsync(1);
        await keeper.StepAsync(default);
        var before = await store.GetRevisionAsync(default);

        for (var minute = 0; minute < 30; minute++)
        {
            time.Advance(Minute);
            await keeper.StepAsync(default);
        }

        Assert.That(await store.GetRevisionAsync(default), Is.EqualTo(before));
    }

    [Test]
    public async Task Step_TooLarge_ShrinksToTheLimit()
    {
        var keeper = NewKeeper(new RetentionPolicy { MaxBytes = 100_000 });
        for (var minute = 0; minute < 120; minute++)
        {
            await store.CommitAsync(new StoreTransaction([], [StoreChange.Put("/a", new byte[5000])]), default);
            await keeper.StepAsync(default);
            time.Advance(Minute);
            Assert.That((await store.GetStatusAsync(default)).UsedBytes, Is.LessThan(110_000));
        }

        Assert.That((await MarksAsync()).Count, Is.InRange(8, 22), "not much less is kept than there is room for");
    }

    [Test]
    public async Task Step_SeveralKeepersOverOneStore_OneMarksEachMinute()
    {
        var keepers = Enumerable.Range(0, 3).Select(_ => NewKeeper()).ToArray();
        for (var minute = 0; minute < 90; minute++)
        {
            await PutAsync(minute);
            foreach (var keeper in keepers)
                await keeper.StepAsync(default);
            time.Advance(Minute);
        }

        var marks = await MarksAsync();
        Assert.That(marks.Select(mark => mark.Time), Is.Unique);
        Assert.That(marks, Has.Count.EqualTo(60));
    }

    [Test]
    public async Task Run_EachMinute_MarksWhatChanged()
    {
        using var stop = new CancellationTokenSource();
        var running = NewKeeper().RunAsync(stop.Token);
        await PutAsync(1);
        time.Advance(Minute);
        Assert.That(await MarksAsync(), Has.Count.EqualTo(1));
        await PutAsync(2);
        time.Advance(Minute);
        Assert.That(await MarksAsync(), Has.Count.EqualTo(2));

        await stop.CancelAsync();
        await running;
    }

    private HistoryKeeper NewKeeper(RetentionPolicy? policy = null) =>
        new(store, policy ?? new RetentionPolicy { MaxAge = TimeSpan.FromHours(1) }, time, NullLogger<HistoryKeeper>.Instance);

    private async Task<long> PutAsync(int value) =>
        (await store.CommitAsync(new StoreTransaction([], [StoreChange.Put("/a", BitConverter.GetBytes(value))]), default)).Revision;

    private async Task<int> ReadAsync(long revision) => BitConverter.ToInt32((await store.GetAsync("/a", revision, default)).KeyValue!.Value.Span);

    private async Task<List<TimeMark>> MarksAsync() =>
        [.. (await store.RangeAsync(new RangeRequest { Prefix = TimeMark.Prefix }, default)).Items.Select(TimeMark.Read)];
}
