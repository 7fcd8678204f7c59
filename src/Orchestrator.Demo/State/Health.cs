namespace Orchestrator.Demo.State;

/// <summary>What the probes are told. Both start well.</summary>
internal sealed class Health
{
    private volatile bool isReady = true;
    private volatile bool isLive = true;

    public bool IsReady { get => isReady; set => isReady = value; }

    public bool IsLive { get => isLive; set => isLive = value; }
}
