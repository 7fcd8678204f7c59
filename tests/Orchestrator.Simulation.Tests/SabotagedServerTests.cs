using System.Text.RegularExpressions;
using NUnit.Framework.Constraints;
using Orchestrator.Simulation.Pumping;

namespace Orchestrator.Simulation.Tests;

/// <summary>The invariants over the API servers' answers can fail: a server that says what is not so is found.</summary>
public sealed class SabotagedServerTests
{
    private const string Acknowledged = "no acknowledged write is lost";
    private const string Content = "what is shown is what the log holds";
    private const string Fresh = "no read goes back behind an acknowledged write";
    private const string Watch = "every watcher's sequence equals the log";

    private const string Counter = "/configmaps/counter(\\?|$)";
    private const string Counting = "^PUT .*/configmaps/counter\\?";
    private const string KubeletsPods = "^GET /api/v1/pods.*watch.*fieldSelector=spec.nodeName|^GET /api/v1/pods.*fieldSelector=spec.nodeName.*watch";

    private const string NotFound = """{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","reason":"NotFound","code":404}""";
    private const string Created = """{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success","code":201}""";

    [Test]
    public void AnswerThatNothingIsThere_IsFound()
    {
        var reads = 0;
        Assert.That(
            () => SabotagedRun.With(LyingServer.Answering("^GET .*" + Counter, 404, NotFound, () => ++reads > 1)), Breaks(Fresh, "counter was not found, and was there"));
    }

    [Test]
    public void ObjectOtherThanStored_IsFound() => Assert.That(
        () => SabotagedRun.With(LyingServer.Saying("^GET .*" + Counter, body => body.Replace("\"n\":\"1\"", "\"n\":\"7\"", StringComparison.Ordinal))),
        Breaks(Content, "counter as of revision"));

    [Test]
    public void OldObject_IsFound() => Assert.That(
        () => SabotagedRun.With(LyingServer.Saying("^GET .*" + Counter, First("ConfigMap\""))), Breaks(Fresh, "counter was shown as of revision"));

    [Test]
    public void OldList_IsFound() => Assert.That(
        () => SabotagedRun.With(LyingServer.Saying("^GET .*/namespaces/default/pods(\\?|$)(?!.*watch)", body => new Regex("(?<=\"resourceVersion\":\")\\d+").Replace(body, "2", 1))), Breaks(Fresh, "the list is as of revision"));

    [Test]
    public void ListWithoutAnItem_IsFound() => Assert.That(
        () => SabotagedRun.With(LyingServer.Saying("^GET .*/nodes(\\?|$)(?!.*watch)", body => Regex.Replace(body, "\"items\":\\[\\{.*\\]\\}$", "\"items\":[]}"))),
        Breaks(Content, "item 0 as of revision"));

    [Test]
    public void UpdateThatIsNotDone_IsFound() => Assert.That(
        () => SabotagedRun.With(LyingServer.Mistaking(Counting, "GET")), Breaks(Acknowledged, "where data.n is not as asked for"));

    [Test]
    public void UpdateAnsweredWithAnEarlierOne_IsFound() => Assert.That(
        () => SabotagedRun.With(LyingServer.Saying(Counting, First("ConfigMap\""))), Breaks(Acknowledged, "where data.n is not as asked for"));

    [Test]
    public void UpdateOfAnotherVersionThanItsWriterKnew_IsFound() => Assert.That(
        () => SabotagedRun.With(LyingServer.Overwriting(Counting, body => body.Replace("\"n\":\"2\"", "\"n\":\"3\"", StringComparison.Ordinal))),
        Breaks(Acknowledged, "the change of revision"));

    [Test]
    public void UpdateAnsweredWithARevisionThatIsNotThere_IsFound() => Assert.That(
        () => SabotagedRun.With(LyingServer.Saying(Counting, body => body.Replace("\"resourceVersion\":\"", "\"resourceVersion\":\"9", StringComparison.Ordinal))),
        Breaks(Acknowledged, "and the log has it not"));

    [Test]
    public void UpdateAnsweredWithAnotherObject_IsFound() => Assert.That(
        () => SabotagedRun.With(LyingServer.Saying(Counting, body => body.Replace("\"n\":\"2\"", "\"n\":\"3\"", StringComparison.Ordinal))),
        Breaks(Acknowledged, "the answer shows another"));

    [Test]
    public void DeletionThatIsNotDone_IsFound() => Assert.That(
        () => SabotagedRun.With(LyingServer.Mistaking("^DELETE .*/pods/", "GET")), Breaks(Acknowledged, "the deletion of /registry/pods/default/"));

    [Test]
    public void DeletionOfAllThatIsNotDone_IsFound() => Assert.That(
        () => SabotagedRun.With(LyingServer.Mistaking("^DELETE .*/namespaces/probe/configmaps(\\?|$)", "GET")), Breaks(Acknowledged, "the deletion of /registry/configmaps/probe/"));

    [Test]
    public void BindingThatIsNotDone_IsFound() => Assert.That(
        () => SabotagedRun.With(LyingServer.Answering("^POST .*/binding(\\?|$)", 201, Created, () => true)), Breaks("no pod is bound twice", "and it was not bound by this"));

    [Test]
    public void SelectedEventTwice_IsFound() => Assert.That(
        () => SabotagedRun.With(LyingServer.Saying(KubeletsPods, line => IsEvent(line) ? $"{line}\n{line}" : line)), Breaks(Watch, "the log has nothing"));

    [Test]
    public void SelectedEventThatIsMissing_IsFound()
    {
        var events = 0;
        Assert.That(
            () => SabotagedRun.With(LyingServer.Saying(KubeletsPods, line => IsEvent(line) && ++events == 2 ? null : line)), Breaks(Watch, "the log has "));
    }

    [Test]
    public void SelectedEventOfAnotherType_IsFound() => Assert.That(
        () => SabotagedRun.With(LyingServer.Saying(KubeletsPods, line => line.Replace("\"ADDED\"", "\"MODIFIED\"", StringComparison.Ordinal))), Breaks(Watch, "the log has ADDED"));

    [Test]
    public void EventOfAPodThatIsNotThere_IsFound() => Assert.That(
        () => SabotagedRun.With(LyingServer.Saying(KubeletsPods, line => line.Replace("\"namespace\":\"default\"", "\"namespace\":\"other\"", StringComparison.Ordinal))),
        Breaks(Watch, " other/app-"));

    [Test]
    public void EventThatShowsAnotherObject_IsFound() => Assert.That(
        () => SabotagedRun.With(LyingServer.Saying(KubeletsPods, line => line.Replace("app:v1", "app:v9", StringComparison.Ordinal))), Breaks(Watch, "shows another object"));

    [Test]
    public void BookmarkInPlaceOfEvents_IsFound() => Assert.That(
        () => SabotagedRun.With(LyingServer.Saying("^GET /api/v1/services.*watch", line => IsEvent(line) ? null : line)), Breaks(Watch, "a bookmark of"));

    [Test]
    public void WatchThatStands_IsFound() => Assert.That(
        () => SabotagedRun.With(LyingServer.Saying("^GET /apis/coordination.k8s.io/v1/leases.*watch", _ => null)), Breaks(Watch, "and lacks /registry/"));

    private static bool IsEvent(string line) => !line.Contains("\"BOOKMARK\"", StringComparison.Ordinal);

    /// <summary>Says the same thing always, once it is there.</summary>
    private static Func<string, string> First(string kind)
    {
        string? first = null;
        return body => body.Contains(kind, StringComparison.Ordinal) ? first ??= body : body;
    }

    private static IResolveConstraint Breaks(string rule, string message) =>
        Throws.TypeOf<SimulationFailure>().With.Property(nameof(SimulationFailure.Rule)).EqualTo(rule).And.Message.Contains(message);
}
