namespace Orchestrator.Storage.Sqlite;

/// <summary>Reads the columns id, create_revision, version, lease, value of a row of the log.</summary>
internal static class SqliteRow
{
    /// <summary>Null for a deletion.</summary>
    public static KeyValue? Read(SqliteStatement statement, string key, bool keysOnly)
    {
        var id = new RowId(statement.Integer(0));
        if (id.IsDeletion)
            return null;
        ReadOnlyMemory<byte> value = keysOnly ? default : statement.Bytes(4).ToArray();
        return new KeyValue(key, value, statement.Integer(1), id.Revision, statement.Integer(2), statement.Integer(3));
    }
}
