using System.Text;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Errors;
using Orchestrator.ApiServer.Caching;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Tests.Registry;
using Orchestrator.Storage;
using Orchestrator.Storage.Memory;

namespace Orchestrator.ApiServer.Tests.Caching;

[CancelAfter(60_000)]
public sealed class ListReaderTests
{
    private const int Objects = 2000;

    private static readonly ResourceDefinition Kind = ResourceDefinition.For<ConfigMap>();

    private MemoryStore memory = null!;
    private StubbornStore store = null!;
    private FollowingHub following = null!;
    private ListReader lists = null!;

    [SetUp]
    public async Task FillAsync()
    {
        memory = new MemoryStore();
        store = new StubbornStore(memory);
        for (var i = 0; i < Objects; i++)
            await PutAsync($"m{i:0000}", i % 10 == 0 ? "tenth" : "other");
        following = await FollowingHub.StartAsync(Kind, store, default);
        lists = new ListReader(store, following.Hub);
    }

    [TearDown]
    public async Task CloseAsync()
    {
        await following.DisposeAsync();
        await store.DisposeAsync();
        await memory.DisposeAsync();
    }

    [Test]
    public async Task Pages_OfAKindThatChanges_ReadNoMoreThanTheirRows()
    {
        var names = new List<string>();
        var request = new ListRequest(null, VersionMatch.Unset, 300, null);
        while (true)
        {
            store.RowsRead = 0;
            var page = await lists.ReadAsync(Kind, Filter(), request, default);
            names.AddRange(page.Entries.Select(entry => entry.Path));

            Assert.That(store.RowsRead, Is.LessThanOrEqualTo(300));
            Assert.That(page.Remaining, Is.EqualTo(names.Count == Objects ? null : Objects - names.Count));
            if (page.Continue is null)
                break;
            request = request with { Continue = page.Continue };
            // What was, and is not any more, and what was not.
            await PutAsync($"m{names.Count:0000}a", "new");
            await DeleteAsync($"m{names.Count:0000}");
        }

        Assert.That(names, Is.EqualTo(Enumerable.Range(0, Objects).Select(i => $"default/m{i:0000}")));
    }

    [Test]
    public async Task Pages_WithASelector_ReadTheKindOnce()
    {
        var names = new List<string>();
        var request = new ListRequest(null, VersionMatch.Unset, 70, null);
        while (true)
        {
            var page = await lists.ReadAsync(Kind, Filter("app=tenth"), request, default);
            names.AddRange(page.Entries.Select(entry => entry.Path));
            Assert.That(page.Entries, Has.Count.EqualTo(page.Continue is null ? Objects / 10 % 70 : 70));
            if (page.Continue is null)
                break;
            if (request.Continue is null)
                store.RowsRead = 0;
            request = request with { Continue = page.Continue };
            await PutAsync($"m{names.Count:0000}a", "tenth");
        }

        Assert.That(names, Is.EqualTo(Enumerable.Range(0, Objects / 10).Select(i => $"default/m{i * 10:0000}")));
        // The rest of the kind, and behind the first of the two pages what of its last portion is looked at again.
        Assert.That(store.RowsRead, Is.LessThan(Objects));
    }

    [Test]
    public async Task List_OfThePastWithASelector_FindsAll()
    {
        var then = await memory.GetRevisionAsync(default);
        await DeleteAsync("m0000");

        var page = await lists.ReadAsync(Kind, Filter("app=tenth"), new ListRequest(then, VersionMatch.Exact, 0, null), default);

        Assert.That((page.Entries.Count, page.Continue, page.Revision), Is.EqualTo((Objects / 10, (ContinueToken?)null, then)));
    }

    [Test]
    public async Task Page_OfAnUnchangedKind_AsksForOneRevisionOnly()
    {
        var first = await lists.ReadAsync(Kind, Filter(), new ListRequest(null, VersionMatch.Unset, 300, null), default);
        var second = new ListRequest(null, VersionMatch.Unset, 300, first.Continue);
        await memory.CommitAsync(StoreTransaction.Create("/registry/other/a", new byte[1]), default);

        Assert.That((await lists.ReadAsync(Kind, Filter(), second, default)).Entries, Has.Count.EqualTo(300));
        Assert.That(store.CompactionQuestions, Is.Zero);

        await memory.CompactAsync(await memory.GetRevisionAsync(default), default);
        var refusal = Assert.ThrowsAsync<ApiException>(async () => await lists.ReadAsync(Kind, Filter(), second, default))!;
        Assert.That((refusal.Code, refusal.Reason), Is.EqualTo((410, StatusReason.Expired)));
    }

    [Test]
    public async Task Wait_ForARevisionThatNeverComes_LeavesNothingBehind()
    {
        for (var i = 0; i < 3; i++)
            Assert.That(await following.Hub.WaitForAsync(long.MaxValue, TimeSpan.FromMilliseconds(1), default), Is.False);
        using var cancelled = new CancellationTokenSource(TimeSpan.FromMilliseconds(1));
        Assert.That(async () => await following.Hub.WaitForAsync(long.MaxValue, TimeSpan.FromMinutes(1), cancelled.Token), Throws.InstanceOf<OperationCanceledException>());

        Assert.That(following.Hub.Waiting, Is.Zero);
    }

    private static EntryFilter Filter(string labels = "") => EntryFilter.Create(Kind, "", labels, "");

    private async Task PutAsync(string name, string app)
    {
        var body = $$$"""{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"{{{name}}}","namespace":"default","labels":{"app":"{{{app}}}"} } }""";
        await memory.CommitAsync(new StoreTransaction([], [StoreChange.Put(Kind.Key("default", name), Encoding.UTF8.GetBytes(body))]), default);
    }

    private async Task DeleteAsync(string name) => await memory.CommitAsync(new StoreTransaction([], [StoreChange.Delete(Kind.Key("default", name))]), default);
}
