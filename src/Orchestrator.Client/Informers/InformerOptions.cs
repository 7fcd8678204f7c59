namespace Orchestrator.Client.Informers;

public sealed record InformerOptions
{
    public static InformerOptions Default { get; } = new();

    /// <summary>First pause after a failed list or watch. Short: a lab's parts start at the same moment as its server.</summary>
    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Longest pause. client-go waits up to 30 s; a server that is back should be found sooner.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Watches end after one to two times this, as with client-go.</summary>
    public TimeSpan MinWatchTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Leaves metadata.managedFields out of the cache: half of many an object's memory, and no controller reads it.</summary>
    public bool DropManagedFields { get; init; } = true;
}
