namespace Orchestrator.Storage.Sqlite;

/// <summary>
/// The integer key of a log row: revision, place within the transaction, and whether the row is a deletion. Rows are thus in
/// the order of history without a second index, and an index on (key, id) answers "which keys exist" without touching rows.
/// </summary>
/// <remarks>Stored on disk: the layout never changes within a schema version. Revisions up to 2^47 fit.</remarks>
internal readonly record struct RowId(long Value)
{
    private const int PositionBits = 15;
    private const int RevisionShift = PositionBits + 1;

    /// <summary>Changes that fit in one revision.</summary>
    public const int MaxPositions = 1 << PositionBits;

    public RowId(long revision, int position, bool isDeletion)
        : this((revision << RevisionShift) | ((long)position << 1) | (isDeletion ? 1L : 0L))
    {
    }

    public long Revision => Value >> RevisionShift;

    public bool IsDeletion => (Value & 1) != 0;

    /// <summary>The largest id a row of this revision can have.</summary>
    public static RowId LastOf(long revision) => new(((revision + 1) << RevisionShift) - 1);

    /// <summary>The smallest id a row of this revision can have.</summary>
    public static RowId FirstOf(long revision) => new(revision << RevisionShift);
}
