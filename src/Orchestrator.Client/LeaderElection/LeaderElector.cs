using Microsoft.Extensions.Logging;
using Orchestrator.Api.Coordination.V1;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Client.LeaderElection;

/// <summary>Kubernetes' figures by default.</summary>
public sealed record LeaderElectionOptions
{
    public static readonly TimeSpan DefaultLeaseDuration = TimeSpan.FromSeconds(15);

    public string Namespace { get; init; } = "kube-system";

    /// <summary>Name of the Lease, e.g. "kube-scheduler".</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Who we are. Where only one instance can run, an identity that stays the same over restarts gives the Lease back at once;
    /// otherwise it must be unique.
    /// </summary>
    public required string Identity { get; init; }

    /// <summary>Others wait this long after the last renewal they saw before they take over.</summary>
    public TimeSpan LeaseDuration { get; init; } = DefaultLeaseDuration;

    /// <summary>A leader that could not renew for this long stops leading; shorter than <see cref="LeaseDuration"/>.</summary>
    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Between tries to acquire or renew.</summary>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Options with Kubernetes' proportions: renewal may fail for two thirds of the duration, and is tried every 2 of 15 parts.</summary>
    public static LeaderElectionOptions Of(string name, string identity, TimeSpan leaseDuration) => new()
    {
        Name = name,
        Identity = identity,
        LeaseDuration = leaseDuration,
        RenewDeadline = leaseDuration * 2 / 3,
        RetryPeriod = leaseDuration * 2 / 15,
    };
}

/// <summary>
/// At most one of several instances leads, by a Lease. Times of others' clocks are not trusted: a Lease has expired when its holder
/// has not renewed it for its duration by our own clock. The leader stops before others may take over.
/// </summary>
public sealed partial class LeaderElector(IApiClient client, LeaderElectionOptions options, TimeProvider time, ILogger<LeaderElector> logger)
{
    private Lease? observed;
    private long observedAt;

    /// <summary>When the last successful renewal was sent; 0 while another leads, or nobody.</summary>
    private long heldSince;

    /// <summary>
    /// Whether the Lease is ours beyond doubt: by the monotonic clock, no other can have taken it yet. Any thread may ask.
    /// </summary>
    public bool IsLeading => Volatile.Read(ref heldSince) is var since and not 0 && time.GetElapsedTime(since) < options.RenewDeadline;

    /// <summary>
    /// Leads again and again until cancelled. The token given to <paramref name="lead"/> is cancelled when leadership is lost;
    /// whatever it does must end then.
    /// </summary>
    public async Task RunAsync(Func<CancellationToken, Task> lead, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await AcquireAsync(cancellationToken);
                LogLeading(options.Name, options.Identity);
                await LeadAsync(lead, cancellationToken);
                cancellationToken.ThrowIfCancellationRequested();
                LogLost(options.Name, options.Identity);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await ReleaseAsync();
        }
    }

    private async Task AcquireAsync(CancellationToken cancellationToken)
    {
        while (!await TryAcquireOrRenewAsync(cancellationToken))
            await Task.Delay(NextTry(), time, cancellationToken);
    }

    /// <summary>No later than the moment the present holder's Lease expires, so that a take-over is not late by a period.</summary>
    private TimeSpan NextTry()
    {
        if (observed?.Spec is not { HolderIdentity.Length: > 0 } spec)
            return options.RetryPeriod / 10;
        var expiresIn = TimeSpan.FromSeconds(spec.LeaseDurationSeconds ?? 0) - time.GetElapsedTime(observedAt);
        return expiresIn > TimeSpan.Zero && expiresIn < options.RetryPeriod ? expiresIn : options.RetryPeriod;
    }

    private async Task LeadAsync(Func<CancellationToken, Task> lead, CancellationToken cancellationToken)
    {
        using var leading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var work = lead(leading.Token);
        try
        {
            await RenewUntilLostAsync(work, leading.Token);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The work is waited for below.
        }

        leading.Cancel();
        try
        {
            await work;
        }
        catch (OperationCanceledException) when (leading.IsCancellationRequested)
        {
            // Cancelled by us.
        }
    }

    private async Task RenewUntilLostAsync(Task work, CancellationToken cancellationToken)
    {
        var renewedAt = time.GetTimestamp();
        while (!work.IsCompleted && time.GetElapsedTime(renewedAt) < options.RenewDeadline)
        {
            await Task.WhenAny(work, Task.Delay(options.RetryPeriod, time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            var startedAt = time.GetTimestamp();
            if (await TryAcquireOrRenewAsync(cancellationToken))
                renewedAt = startedAt;
            else if (observed?.Spec?.HolderIdentity is { Length: > 0 } holder && holder != options.Identity)
                return;
        }
    }

    private async Task<bool> TryAcquireOrRenewAsync(CancellationToken cancellationToken)
    {
        // A server that hangs must not keep a leader from noticing that its time is up.
        using var limit = new CancellationTokenSource(options.RenewDeadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var startedAt = time.GetTimestamp();
        try
        {
            var isHeld = await AcquireOrRenewAsync(either.Token);
            Volatile.Write(ref heldSince, isHeld ? startedAt : 0);
            return isHeld;
        }
        catch (Exception e) when (e is ApiException || (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested))
        {
            // Another was faster, or the server is away: the next try shows.
            LogNotRenewed(options.Name, e.Message);
            return false;
        }
    }

    private async Task<bool> AcquireOrRenewAsync(CancellationToken cancellationToken)
    {
        var current = await FindAsync(cancellationToken);
        if (current is null)
        {
            Observe(await client.CreateAsync(NewLease(), cancellationToken));
            return true;
        }

        Observe(current);
        if (IsHeldByOther(current))
            return false;
        Observe(await client.UpdateAsync(Renewed(current), cancellationToken));
        return true;
    }

    private async Task<Lease?> FindAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetAsync<Lease>(options.Namespace, options.Name, cancellationToken);
        }
        catch (ApiException e) when (e.Reason == StatusReason.NotFound)
        {
            return null;
        }
    }

    private void Observe(Lease lease)
    {
        if (observed?.Metadata.ResourceVersion == lease.Metadata.ResourceVersion)
            return;
        observed = lease;
        observedAt = time.GetTimestamp();
    }

    private bool IsHeldByOther(Lease lease) =>
        lease.Spec is { HolderIdentity.Length: > 0 } spec
        && spec.HolderIdentity != options.Identity
        && time.GetElapsedTime(observedAt) < TimeSpan.FromSeconds(spec.LeaseDurationSeconds ?? 0);

    private Lease NewLease() => new()
    {
        Metadata = new ObjectMeta { Name = options.Name, Namespace = options.Namespace },
        Spec = SpecOf(time.GetUtcNow(), transitions: 0),
    };

    private Lease Renewed(Lease lease)
    {
        var now = time.GetUtcNow();
        var isOurs = lease.Spec?.HolderIdentity == options.Identity;
        var transitions = (lease.Spec?.LeaseTransitions ?? 0) + (isOurs ? 0 : 1);
        return lease with { Spec = SpecOf(isOurs ? lease.Spec?.AcquireTime ?? now : now, transitions) };
    }

    private LeaseSpec SpecOf(DateTimeOffset acquired, int transitions) => new()
    {
        HolderIdentity = options.Identity, LeaseDurationSeconds = (int)Math.Ceiling(options.LeaseDuration.TotalSeconds),
        AcquireTime = acquired, RenewTime = time.GetUtcNow(), LeaseTransitions = transitions,
    };

    /// <summary>Gives the Lease up so that the next leader need not wait. Not torn by the stop that causes it, but bounded.</summary>
    private async Task ReleaseAsync()
    {
        Volatile.Write(ref heldSince, 0);
        if (observed?.Spec?.HolderIdentity != options.Identity)
            return;
        using var limit = new CancellationTokenSource(options.RetryPeriod, time);
        try
        {
            var released = observed.Spec with { HolderIdentity = "", LeaseDurationSeconds = 1, RenewTime = time.GetUtcNow() };
            await client.UpdateAsync(observed with { Spec = released }, limit.Token);
        }
        catch (Exception e) when (e is ApiException or OperationCanceledException)
        {
            LogNotRenewed(options.Name, e.Message);
        }
    }

    [LoggerMessage(LogLevel.Information, "{Identity} leads {Lease}")]
    private partial void LogLeading(string lease, string identity);

    [LoggerMessage(LogLevel.Warning, "{Identity} lost {Lease}")]
    private partial void LogLost(string lease, string identity);

    [LoggerMessage(LogLevel.Debug, "Lease {Lease} was not acquired or renewed: {Reason}")]
    private partial void LogNotRenewed(string lease, string reason);
}
