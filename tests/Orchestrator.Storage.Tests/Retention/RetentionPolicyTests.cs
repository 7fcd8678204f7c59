using Orchestrator.Storage.Retention;

namespace Orchestrator.Storage.Tests.Retention;

[TestFixture]
internal sealed class RetentionPolicyTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddDays(100);

    private static readonly RetentionPolicy Policy = new() { MaxAge = TimeSpan.FromHours(1), MinAge = TimeSpan.FromMinutes(5), MaxBytes = 1000 };

    /// <summary>One mark a minute; the revision says how many minutes ago it was, below 1,000.</summary>
    private static List<TimeMark> Marks(int fromMinutesAgo, int toMinutesAgo = 0) =>
        [.. Enumerable.Range(toMinutesAgo, fromMinutesAgo - toMinutesAgo + 1).Reverse().Select(ago => new TimeMark(Now.AddMinutes(-ago), 1000 - ago))];

    [TestCase(59, 0)]
    [TestCase(60, 940)]
    [TestCase(75, 940)]
    public void Choose_LittleHistory_ForgetsWhatIsTooOldAndNoMore(int oldestMinutes, int expected) =>
        Assert.That(Policy.Choose(Marks(oldestMinutes), Now, historyBytes: 999, isFull: false), Is.EqualTo(expected));

    [Test]
    public void Choose_MuchHistory_ForgetsTheOldestQuarter() =>
        Assert.That(Policy.Choose(Marks(44), Now, historyBytes: 1001, isFull: false), Is.EqualTo(1000 - 44 + 9));

    [Test]
    public void Choose_MuchHistoryAgainAndAgain_EndsAtTheLeastAge()
    {
        var marks = Marks(50);
        while (Policy.Choose(marks, Now, historyBytes: 9999, isFull: false) is > 0 and var forgotten)
            marks.RemoveAll(mark => mark.Revision <= forgotten);

        Assert.That(marks[0].Time, Is.EqualTo(Now.AddMinutes(-4)));
    }

    [Test]
    public void Choose_FullDisk_ForgetsAllButTheLastMinute() =>
        Assert.That(Policy.Choose(Marks(30), Now, historyBytes: 10, isFull: true), Is.EqualTo(999));

    [Test]
    public void Choose_NoMarks_ForgetsNothing() =>
        Assert.That(Policy.Choose([], Now, historyBytes: 9999, isFull: true), Is.Zero);
}
