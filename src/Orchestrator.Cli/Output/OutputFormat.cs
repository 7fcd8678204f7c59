namespace Orchestrator.Cli.Output;

/// <summary>Values of -o.</summary>
internal enum OutputFormat { Table, Wide, Json, Yaml, Name }
