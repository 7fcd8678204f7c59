using System.Text;
using Orchestrator.Storage.Watching;

namespace Orchestrator.Storage.Tests;

/// <summary>
/// What every store promises. A store's fixture derives from this and says how to open, reopen and let time pass. Tests use
/// keys under a prefix of their own and revisions relative to the start, so that they also run on a store that is not fresh.
/// </summary>
[CancelAfter(60_000)]
internal abstract partial class KeyValueStoreContract
{
    private static int nextPrefix;

    protected IKeyValueStore Store { get; private set; } = null!;

    /// <summary>What the prefixes of all tests begin with.</summary>
    protected virtual string Root => "/";

    /// <summary>What a layer before the store adds to a value, and so takes away from what a transaction may hold.</summary>
    protected virtual int BytesAddedToAValue => 0;

    /// <summary>A prefix no other test uses.</summary>
    protected string Prefix { get; private set; } = "";

    [SetUp]
    public async Task OpenStoreAsync()
    {
        Prefix = $"{Root}test-{Interlocked.Increment(ref nextPrefix)}/";
        Store = await OpenAsync(new WatchOptions());
    }

    [TearDown]
    public async Task CloseStoreAsync()
    {
        if (Store is not null)
            await Store.DisposeAsync();
    }

    protected abstract Task<IKeyValueStore> OpenAsync(WatchOptions watch);

    /// <summary>Lets the store's time pass.</summary>
    protected abstract Task AdvanceAsync(TimeSpan span);

    /// <summary>Closes the store and opens it again on the same data. Stores that keep nothing return false.</summary>
    protected virtual Task<bool> TryReopenAsync() => Task.FromResult(false);

    protected void ReplaceStore(IKeyValueStore store) => Store = store;

    /// <summary>Closes the store and opens one that serves watches under these bounds.</summary>
    protected async Task ReplaceStoreAsync(WatchOptions watch)
    {
        await Store.DisposeAsync();
        Prefix += "again/";
        Store = await OpenAsync(watch);
    }

    protected string Key(string name) => Prefix + name;

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected static string Text(KeyValue? value) => value is null ? "(absent)" : Encoding.UTF8.GetString(value.Value.Span);

    protected Task<CommitResult> PutAsync(string name, string value, long leaseId = 0) =>
        Store.CommitAsync(new StoreTransaction([], [StoreChange.Put(Key(name), Bytes(value), leaseId)]), default).AsTask();

    protected Task<CommitResult> DeleteAsync(string name) =>
        Store.CommitAsync(new StoreTransaction([], [StoreChange.Delete(Key(name))]), default).AsTask();

    protected async Task<KeyValue?> GetAsync(string name, long revision = 0) => (await Store.GetAsync(Key(name), revision, default)).KeyValue;

    protected async Task<string[]> NamesAsync(long revision = 0) =>
        (await Store.RangeAsync(new RangeRequest { Prefix = Prefix, Revision = revision }, default)).Items.Select(item => item.Key[Prefix.Length..]).ToArray();

    protected static void AssertFails(StoreError error, Func<Task> action) =>
        Assert.That(Assert.ThrowsAsync<StoreException>(action)!.Error, Is.EqualTo(error));
}
