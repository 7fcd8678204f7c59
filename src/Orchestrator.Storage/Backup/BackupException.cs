namespace Orchestrator.Storage.Backup;

/// <summary>A backup that cannot be used, or a restore that was refused. The message is fit for the user.</summary>
public sealed class BackupException(string message) : Exception(message);
