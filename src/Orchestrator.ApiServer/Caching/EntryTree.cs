using System.Diagnostics;

namespace Orchestrator.ApiServer.Caching;

/// <summary>
/// Entries in path order, in chunks. Taking a snapshot costs nothing; the first write to a chunk after a snapshot copies that
/// chunk, so readers walk plain arrays that never change under them. Writers hold the owner's lock.
/// </summary>
internal sealed class EntryTree
{
    private const int ChunkCapacity = 128;

    private Chunk[] chunks = new Chunk[4];
    private int chunkCount;
    private long generation = 1;
    private long chunksGeneration = 1;

    public int Count { get; private set; }

    public EntrySnapshot Snapshot()
    {
        generation++;
        return new EntrySnapshot(chunks, chunkCount, Count);
    }

    public CacheEntry? Find(string path)
    {
        if (chunkCount == 0)
            return null;
        var chunk = chunks[ChunkFor(path)];
        var index = chunk.IndexOf(path);
        return index >= 0 ? chunk.Items[index] : null;
    }

    /// <summary>Adds or replaces. Returns what was there before.</summary>
    public CacheEntry? Set(CacheEntry entry)
    {
        if (chunkCount == 0)
        {
            OwnChunks();
            chunks[0] = new Chunk(generation);
            chunkCount = 1;
        }

        var position = ChunkFor(entry.Path);
        var chunk = Own(position);
        var index = chunk.IndexOf(entry.Path);
        if (index >= 0)
        {
            var previous = chunk.Items[index];
            chunk.Items[index] = entry;
            return previous;
        }

        if (chunk.Count == ChunkCapacity)
            (chunk, index) = Split(position, ~index);
        else
            index = ~index;
        chunk.Insert(index, entry);
        Count++;
        return null;
    }

    public CacheEntry? Remove(string path)
    {
        if (chunkCount == 0)
            return null;
        var position = ChunkFor(path);
        var index = chunks[position].IndexOf(path);
        if (index < 0)
            return null;
        var chunk = Own(position);
        var previous = chunk.Items[index];
        chunk.RemoveAt(index);
        Count--;
        if (chunk.Count == 0)
            DropChunk(position);
        return previous;
    }

    private int ChunkFor(string path)
    {
        // The last chunk whose first path is not behind the one looked for.
        int low = 0, high = chunkCount - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (string.CompareOrdinal(chunks[middle].Items[0].Path, path) <= 0)
                low = middle;
            else
                high = middle - 1;
        }

        return low;
    }

    private Chunk Own(int position)
    {
        var chunk = chunks[position];
        if (chunk.Generation == generation)
            return chunk;
        OwnChunks();
        return chunks[position] = chunk.Copy(generation);
    }

    private (Chunk Chunk, int Index) Split(int position, int index)
    {
        // Ascending inserts are the common case: leave the full chunk full and begin a new one.
        var at = index == ChunkCapacity ? ChunkCapacity : ChunkCapacity / 2;
        var left = chunks[position];
        var right = new Chunk(generation);
        left.MoveTail(at, right);
        OwnChunks();
        if (chunkCount == chunks.Length)
            Array.Resize(ref chunks, chunks.Length * 2);
        Array.Copy(chunks, position + 1, chunks, position + 2, chunkCount - position - 1);
        chunks[position + 1] = right;
        chunkCount++;
        return index >= at ? (right, index - at) : (left, index);
    }

    private void DropChunk(int position)
    {
        OwnChunks();
        Array.Copy(chunks, position + 1, chunks, position, chunkCount - position - 1);
        chunks[--chunkCount] = null!;
    }

    private void OwnChunks()
    {
        if (chunksGeneration == generation)
            return;
        chunks = (Chunk[])chunks.Clone();
        chunksGeneration = generation;
    }

    internal sealed class Chunk(long generation)
    {
        public long Generation { get; } = generation;

        public CacheEntry[] Items { get; private set; } = new CacheEntry[ChunkCapacity];

        public int Count { get; private set; }

        public int IndexOf(string path)
        {
            int low = 0, high = Count - 1;
            while (low <= high)
            {
                var middle = (low + high) / 2;
                var order = string.CompareOrdinal(Items[middle].Path, path);
                if (order == 0)
                    return middle;
                if (order < 0)
                    low = middle + 1;
                else
                    high = middle - 1;
            }

            return ~low;
        }

        public void Insert(int index, CacheEntry entry)
        {
            Debug.Assert(Count < ChunkCapacity);
            Array.Copy(Items, index, Items, index + 1, Count - index);
            Items[index] = entry;
            Count++;
        }

        public void RemoveAt(int index)
        {
            Count--;
            Array.Copy(Items, index + 1, Items, index, Count - index);
            Items[Count] = null!;
        }

        public void MoveTail(int from, Chunk target)
        {
            Array.Copy(Items, from, target.Items, 0, Count - from);
            target.Count = Count - from;
            Array.Clear(Items, from, Count - from);
            Count = from;
        }

        public Chunk Copy(long generation) => new(generation) { Items = (CacheEntry[])Items.Clone(), Count = Count };
    }
}

/// <summary>All entries of a kind as of one moment, in path order. Never changes.</summary>
internal readonly struct EntrySnapshot(EntryTree.Chunk[] chunks, int chunkCount, int count)
{
    public int Count { get; } = count;

    /// <summary>Entries whose path begins with <paramref name="prefix"/> and comes after <paramref name="after"/> (null: from the first).</summary>
    public Enumerator From(string prefix, string? after = null) => new(chunks, chunkCount, prefix, after);

    public struct Enumerator
    {
        private readonly EntryTree.Chunk[] chunks;
        private readonly int chunkCount;
        private readonly string prefix;
        private int chunk;
        private int index;

        public Enumerator(EntryTree.Chunk[] chunks, int chunkCount, string prefix, string? after)
        {
            this.chunks = chunks;
            this.chunkCount = chunkCount;
            this.prefix = prefix;
            Seek(after ?? prefix, after is not null);
        }

        public CacheEntry Current { get; private set; } = null!;

        public readonly Enumerator GetEnumerator() => this;

        public bool MoveNext()
        {
            while (chunk < chunkCount)
            {
                if (index == chunks[chunk].Count)
                {
                    chunk++;
                    index = 0;
                    continue;
                }

                Current = chunks[chunk].Items[index++];
                return Current.Path.StartsWith(prefix, StringComparison.Ordinal);
            }

            return false;
        }

        private void Seek(string path, bool skipEqual)
        {
            int low = 0, high = chunkCount - 1;
            while (low < high)
            {
                var middle = (low + high + 1) / 2;
                if (string.CompareOrdinal(chunks[middle].Items[0].Path, path) <= 0)
                    low = middle;
                else
                    high = middle - 1;
            }

            chunk = low;
            if (chunkCount == 0)
                return;
            var found = chunks[low].IndexOf(path);
            index = found >= 0 ? found + (skipEqual ? 1 : 0) : ~found;
        }
    }
}
