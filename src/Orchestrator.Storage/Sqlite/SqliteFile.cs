namespace Orchestrator.Storage.Sqlite;

/// <summary>Looks into a store's file without opening the store: also while a server uses it.</summary>
public static class SqliteFile
{
    /// <summary>
    /// What is wrong with a file: pages, indexes and, beyond SQLite's own check, rows that contradict each other. Empty when it is
    /// sound. Reads all of it.
    /// </summary>
    /// <exception cref="StoreException"><see cref="StoreError.Corrupt"/>: not a store, or of a newer version.</exception>
    public static IReadOnlyList<string> FindDamage(string path)
    {
        using var connection = SqliteConnection.Open(path, writes: false);
        SqliteSchema.RefuseForeign(connection, path);
        List<string> damage = [];
        try
        {
            using var check = connection.Prepare("PRAGMA integrity_check");
            while (check.Step())
            {
                if (check.Key(0) is not "ok" and var text)
                    damage.Add(text);
            }
        }
        catch (StoreException e) when (e.Error == StoreError.Corrupt)
        {
            damage.Add(e.Message);
        }
        if (damage.Count > 0)
            return damage;

        foreach (var (query, what) in Contradictions)
        {
            if (connection.QueryInteger(query) is > 0 and var rows)
                damage.Add($"{rows} rows {what}");
        }
        return damage;
    }

    private static readonly (string Query, string What)[] Contradictions =
    [
        ("SELECT count(*) FROM log WHERE id & 1 = 0 AND value IS NULL", "that are no deletions have no value"),
        ("SELECT count(*) FROM log WHERE id & 1 = 0 AND create_revision > id >> 16", "are older than their key"),
        ("SELECT count(*) FROM log WHERE lease <> 0 AND lease > (SELECT seq FROM sqlite_sequence WHERE name = 'lease')", "name a lease that was never granted"),
    ];
}
