using Orchestrator.Storage.Etcd;

namespace Orchestrator.Storage.Tests.Etcd;

/// <summary>One question for all who come together, and none is answered with what was asked before it came.</summary>
public sealed class SharedRevisionReadTests
{
    private readonly Queue<TaskCompletionSource<long>> questions = new();
    private SharedRevisionRead revisions = null!;

    [SetUp]
    public void SetUp()
    {
        questions.Clear();
        revisions = new SharedRevisionRead(_ =>
        {
            var question = new TaskCompletionSource<long>();
            questions.Enqueue(question);
            return question.Task;
        });
    }

    [Test]
    public async Task WhoComesDuringAQuestion_GetsTheAnswerToTheNext()
    {
        var first = revisions.GetAsync(default).AsTask();
        var second = revisions.GetAsync(default).AsTask();
        var third = revisions.GetAsync(default).AsTask();
        Assert.That(questions, Has.Count.EqualTo(1));

        questions.Dequeue().SetResult(7);
        Assert.That(await first, Is.EqualTo(7));
        Assert.That((questions.Count, second.IsCompleted), Is.EqualTo((1, false)));

        questions.Dequeue().SetResult(9);
        Assert.That((await second, await third), Is.EqualTo((9L, 9L)));
        Assert.That(questions, Is.Empty, "nobody asks for nobody");
    }

    [Test]
    public async Task Failure_IsToldToThoseWhoShareIt_AndTheNextQuestionIsAsked()
    {
        var first = revisions.GetAsync(default).AsTask();
        var second = revisions.GetAsync(default).AsTask();
        questions.Dequeue().SetException(new StoreException(StoreError.Unavailable, "gone"));
        Assert.ThrowsAsync<StoreException>(() => first);
        questions.Dequeue().SetResult(3);
        Assert.That(await second, Is.EqualTo(3));
    }

    [Test]
    public async Task Cancelled_LeavesTheQuestionToTheOthers()
    {
        using var impatience = new CancellationTokenSource();
        var impatient = revisions.GetAsync(impatience.Token).AsTask();
        var other = revisions.GetAsync(default).AsTask();
        await impatience.CancelAsync();
        Assert.CatchAsync<OperationCanceledException>(() => impatient);
        questions.Dequeue().SetResult(1);
        questions.Dequeue().SetResult(2);
        Assert.That(await other, Is.EqualTo(2));
    }
}
