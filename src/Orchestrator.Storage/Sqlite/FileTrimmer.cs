namespace Orchestrator.Storage.Sqlite;

/// <summary>
/// Gives free pages back to the file system, some at a time, when they are more than writes will soon use again. Used by the writer
/// thread only.
/// </summary>
/// <remarks>
/// Compaction frees pages and writes fill them, so in a steady state there is nothing to do. After a burst the file shrinks until
/// free pages are a quarter of it. The pages moved for that go through the write-ahead log; the file is cut at its next checkpoint.
/// </remarks>
internal sealed class FileTrimmer : IDisposable
{
    /// <summary>Free pages that are never worth a step: 4 MB.</summary>
    private const int MinFreePages = 1024;

    /// <summary>Of the file, this share (one in so many) may be free.</summary>
    private const int FreeShare = 4;

    private readonly SqliteConnection connection;
    private readonly SqliteStatement pages;
    private readonly SqliteStatement freePages;
    private readonly SqliteStatement step;
    private readonly bool canTrim;
    private bool mayBeDue;

    public FileTrimmer(SqliteConnection connection)
    {
        this.connection = connection;
        const int incremental = 2;
        canTrim = mayBeDue = connection.QueryInteger("PRAGMA auto_vacuum") == incremental;
        pages = connection.Prepare("PRAGMA page_count");
        freePages = connection.Prepare("PRAGMA freelist_count");
        // 256 pages: about a megabyte, two or three milliseconds.
        step = connection.Prepare("PRAGMA incremental_vacuum(256)");
    }

    /// <summary>Whether to trim to the last page: the disk is full.</summary>
    public bool ToTheLastPage { get; set; }

    public bool IsDue
    {
        get
        {
            if (!mayBeDue)
                return false;
            var free = Read(freePages);
            mayBeDue = ToTheLastPage ? free > 0 : free > MinFreePages && free > Read(pages) / FreeShare;
            return mayBeDue;
        }
    }

    /// <summary>Pages of the file that hold something.</summary>
    public long UsedPages => Read(pages) - Read(freePages);

    public void PagesWereFreed() => mayBeDue = canTrim;

    public void Step()
    {
        connection.Begin();
        try
        {
            step.Run();
            connection.Commit();
        }
        finally
        {
            connection.Rollback();
        }
    }

    public void Dispose()
    {
        pages.Dispose();
        freePages.Dispose();
        step.Dispose();
    }

    private static long Read(SqliteStatement statement)
    {
        statement.Step();
        var value = statement.Integer(0);
        statement.Reset();
        return value;
    }
}
