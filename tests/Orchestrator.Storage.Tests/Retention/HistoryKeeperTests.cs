using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Storage.Memory;
using Orchestrator.Storage.Retention;
using Orchestrator.Storage.Sqlite;

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

    /// <summary>A large cluster has a past, too.</summary>
    [TestCase(true, 60)]
    [TestCase(false, 60)]
    public async Task Step_PresentValuesBeyondTheLimitOrNotKnown_CostNoHistory(bool known, int kept)
    {
        const int values = 200_000;
        var keeper = NewKeeper(new RetentionPolicy { MaxBytes = 100_000, MaxAge = TimeSpan.FromHours(1) }, present: () => known ? values : null);
        for (var part = 0; part < 4; part++)
            await store.CommitAsync(new StoreTransaction([], [StoreChange.Put($"/large/{part}", new byte[values / 4])]), default);
        for (var minute = 0; minute < 90; minute++)
        {
            await PutAsync(minute);
            await keeper.StepAsync(default);
            time.Advance(Minute);
        }

        Assert.That(await MarksAsync(), Has.Count.EqualTo(kept));
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

    [Test]
    public async Task Step_FullStore_ForgetsWhatIsDeletedMeanwhile_AndThereIsRoomAgain()
    {
        using var directory = new TemporaryDirectory();
        await using var full = SqliteStore.Open(new SqliteStoreOptions { Path = directory.File("full.db"), MaxFileBytes = 1_000_000, ReserveBytes = 200_000 });
        var keeper = NewKeeper(over: full);
        var written = await FillAsync(full);
        // As long as there is nothing to forget, nothing helps.
        await keeper.StepAsync(default);
        time.Advance(TimeSpan.FromHours(1));
        await keeper.StepAsync(default);
        Assert.That(await HasRoomAsync(full), Is.False);

        for (var i = 0; i < written; i++)
            await full.CommitAsync(new StoreTransaction([], [StoreChange.Delete(Key(i))]), default);
        await keeper.StepAsync(default);
        time.Advance(Minute);
        await keeper.StepAsync(default);

        Assert.That(() => HasRoomAsync(full), Is.True.After(20_000, 20), "nobody has compacted but the keeper");
    }

    [Test]
    public async Task Step_NotesOfForgottenHistory_GoWithItForWantOfRoomOnly()
    {
        const string notes = "/notes/";
        var keeper = NewKeeper(new RetentionPolicy { MaxBytes = 10_000, MinAge = TimeSpan.FromMinutes(2) }, notes: notes);
        for (var minute = 0; minute < 10; minute++)
        {
            await store.CommitAsync(new StoreTransaction([], [StoreChange.Put("/a", new byte[minute < 5 ? 10 : 5000]), StoreChange.Put($"{notes}{minute}", new byte[1])]), default);
            await keeper.StepAsync(default);
            if (minute == 4)
                Assert.That(await NotesAsync(), Is.EqualTo(new[] { "0", "1", "2", "3", "4" }), "there is room for all of it");
            time.Advance(Minute);
        }

        var left = (await store.RangeAsync(new RangeRequest { Prefix = notes }, default)).Items;
        var compacted = await store.GetCompactedRevisionAsync(default);
        Assert.That(left, Has.Count.InRange(1, 9));
        Assert.That(left, Has.All.Matches<KeyValue>(note => note.ModRevision > compacted));
        Assert.That(await NotesAsync(), Is.EqualTo(Enumerable.Range(10 - left.Count, left.Count).Select(minute => $"{minute}")), "of what is kept nothing is missing");

        async Task<string[]> NotesAsync() =>
            [.. (await store.RangeAsync(new RangeRequest { Prefix = notes }, default)).Items.Select(item => item.Key[notes.Length..])];
    }

    [Test]
    public async Task Step_KeyThatIsNoMark_IsLeftAlone()
    {
        var keeper = NewKeeper();
        await store.CommitAsync(new StoreTransaction([], [StoreChange.Put(TimeMark.Prefix + "x", new byte[1]), StoreChange.Put(TimeMark.Prefix + "999999999999999999", "5"u8.ToArray())]), default);
        await PutAsync(1);
        await keeper.StepAsync(default);
        Assert.That((await store.RangeAsync(new RangeRequest { Prefix = TimeMark.Prefix }, default)).Items, Has.Count.EqualTo(3));
    }

    private static string Key(int number) => $"/{number:0000}";

    /// <returns>How many keys there was room for.</returns>
    private static async Task<int> FillAsync(IKeyValueStore full)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                await full.CommitAsync(StoreTransaction.Create(Key(i), new byte[20_000]), default);
            }
            catch (StoreException e) when (e.Error == StoreError.NoSpace)
            {
                return i;
            }
        }
    }

    private static async Task<bool> HasRoomAsync(IKeyValueStore full)
    {
        try
        {
            return (await full.CommitAsync(new StoreTransaction([], [StoreChange.Put("/more", new byte[20_000])]), default)).Committed;
        }
        catch (StoreException e) when (e.Error == StoreError.NoSpace)
        {
            return false;
        }
    }

    private HistoryKeeper NewKeeper(RetentionPolicy? policy = null, IKeyValueStore? over = null, string? notes = null, Func<long?>? present = null) =>
        new(over ?? store, policy ?? new RetentionPolicy { MaxAge = TimeSpan.FromHours(1) }, present ?? (() => 0), notes is null ? [] : [notes], time, NullLogger<HistoryKeeper>.Instance);

    private async Task<long> PutAsync(int value) =>
        (await store.CommitAsync(new StoreTransaction([], [StoreChange.Put("/a", BitConverter.GetBytes(value))]), default)).Revision;

    private async Task<int> ReadAsync(long revision) => BitConverter.ToInt32((await store.GetAsync("/a", revision, default)).KeyValue!.Value.Span);

    private async Task<List<TimeMark>> MarksAsync() =>
        [.. (await store.RangeAsync(new RangeRequest { Prefix = TimeMark.Prefix }, default)).Items.Select(TimeMark.TryRead).OfType<TimeMark>()];
}
