using Orchestrator.Kubelet.Events;
using Orchestrator.Kubelet.Images;
using Orchestrator.Kubelet.Pods;
using Orchestrator.Kubelet.Reporting;

namespace Orchestrator.Kubelet.Containers;

/// <summary>How a start ended.</summary>
/// <param name="Waiting">Null when the container runs.</param>
/// <param name="RetryAfter">When to try again at the latest; zero leaves that to the restart policy.</param>
internal sealed record StartResult(WaitingReason? Waiting, TimeSpan RetryAfter = default)
{
    public static StartResult Ok { get; } = new(Waiting: null);
}

/// <summary>Brings one container up: image, configuration, create, start, postStart.</summary>
internal sealed class ContainerStarter(
    Cri.IRuntimeService runtime, ImageManager images, ContainerConfigBuilder configs, LifecycleHooks hooks, IPodEvents events)
{
    public const string CreateContainerError = nameof(CreateContainerError);
    public const string RunContainerError = nameof(RunContainerError);
    public const string PostStartHookError = nameof(PostStartHookError);

    /// <summary>A spec that could not be honoured is tried again this often; a change of what it refers to comes sooner.</summary>
    private static readonly TimeSpan ConfigRetry = TimeSpan.FromSeconds(10);

    /// <summary>SIGTERM's time after a failed postStart hook.</summary>
    private static readonly TimeSpan HookKillGrace = TimeSpan.FromSeconds(2);

    public async Task<StartResult> StartAsync(ContainerSetting setting, PodContainer container, int attempt, CancellationToken cancellationToken)
    {
        var pod = setting.Pod;
        var image = await images.EnsureAsync(pod, container, cancellationToken);
        if (image.Image is null)
            return new(new(image.Reason, image.Message), image.RetryAfter);
        try
        {
            var config = await configs.BuildAsync(setting, container, attempt, image.Image, cancellationToken);
            return await RunAsync(setting, container, config, cancellationToken);
        }
        catch (ContainerConfigException failure)
        {
            events.Warning(pod, EventReason.Failed, $"Error: {failure.Message}", container);
            return new(new(failure.Reason, failure.Message), ConfigRetry);
        }
        catch (Api.Errors.ApiException failure)
        {
            events.Warning(pod, EventReason.Failed, $"Error: {failure.Message}", container);
            return new(new(ContainerConfigException.CreateContainerConfigError, failure.Message), ConfigRetry);
        }
    }

    private async Task<StartResult> RunAsync(ContainerSetting setting, PodContainer container, Cri.ContainerConfig config, CancellationToken cancellationToken)
    {
        var pod = setting.Pod;
        string id;
        try
        {
            id = await runtime.CreateContainerAsync(setting.Sandbox.Id, config, cancellationToken);
        }
        catch (Cri.RuntimeException failure)
        {
            events.Warning(pod, EventReason.Failed, $"Error: {failure.Message}", container);
            return new(new(CreateContainerError, failure.Message), ConfigRetry);
        }

        events.Normal(pod, EventReason.Created, "Container created", container);
        try
        {
            await runtime.StartContainerAsync(id, cancellationToken);
        }
        catch (Cri.RuntimeException failure)
        {
            events.Warning(pod, EventReason.Failed, $"Error: {failure.Message}", container);
            return new(new(RunContainerError, failure.Message));
        }

        events.Normal(pod, EventReason.Started, "Container started", container);
        return await PostStartAsync(setting, container, id, cancellationToken);
    }

    private async Task<StartResult> PostStartAsync(ContainerSetting setting, PodContainer container, string id, CancellationToken cancellationToken)
    {
        if (container.Spec.Lifecycle?.PostStart is not { } handler)
            return StartResult.Ok;
        var failure = await hooks.RunAsync(handler, container.Spec, id, setting.PodIps.Count > 0 ? setting.PodIps[0] : "127.0.0.1", cancellationToken);
        if (failure is null)
            return StartResult.Ok;
        events.Warning(setting.Pod, EventReason.FailedPostStartHook, $"PostStartHook failed: {failure}", container);
        events.Normal(setting.Pod, EventReason.Killing, $"FailedPostStartHook: {failure}", container);
        await runtime.StopContainerAsync(id, HookKillGrace, cancellationToken);
        return new(new(PostStartHookError, failure));
    }
}
