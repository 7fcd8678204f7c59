using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Orchestrator.Storage.Copying;

/// <summary>All keys of a store at a revision, in one number: how many, and the SHA-256 of keys, values and revisions in key order.</summary>
internal readonly record struct StoreDigest(long Keys, string Sha256)
{
    private const int PageKeys = 5000;

    /// <param name="except">A key that does not count.</param>
    public static async Task<StoreDigest> ComputeAsync(IKeyValueStore store, long revision, string except, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long keys = 0;
        string? start = null;
        while (true)
        {
            var page = await store.RangeAsync(new RangeRequest { Prefix = "", StartKey = start, Revision = revision, Limit = PageKeys }, cancellationToken);
            foreach (var item in page.Items.Where(item => item.Key != except))
            {
                Append(hash, item);
                keys++;
            }

            if (!page.More)
                return new StoreDigest(keys, Convert.ToHexStringLower(hash.GetHashAndReset()));
            start = page.Items[^1].Key + "\0";
        }
    }

    private static void Append(IncrementalHash hash, KeyValue item)
    {
        var key = KeyOrder.Encoding.GetBytes(item.Key);
        Span<byte> numbers = stackalloc byte[24];
        BinaryPrimitives.WriteInt32BigEndian(numbers, key.Length);
        BinaryPrimitives.WriteInt32BigEndian(numbers[4..], item.Value.Length);
        BinaryPrimitives.WriteInt64BigEndian(numbers[8..], item.CreateRevision);
        BinaryPrimitives.WriteInt64BigEndian(numbers[16..], item.ModRevision);
        hash.AppendData(numbers);
        hash.AppendData(key);
        hash.AppendData(item.Value.Span);
    }
}
