using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Resources.Core.Pods.Validation;

/// <summary>Checks the containers of a pod spec: each on its own, and their names and host ports together.</summary>
internal static class ContainerRules
{
    private static readonly string[] PullPolicies = ["Always", "IfNotPresent", "Never"];
    private static readonly string[] MessagePolicies = ["FallbackToLogsOnError", "File"];
    private static readonly string[] Propagations = ["Bidirectional", "HostToContainer", "None"];

    public static void CheckAll(PodSpec spec, IReadOnlyDictionary<string, Volume> volumes, FieldPath path, FieldErrors errors)
    {
        var names = new HashSet<string>();
        var hostPorts = new HashSet<(string?, string?, int)>();
        if (spec.Containers is not { Count: > 0 })
            errors.Required(path.Child("containers"));
        for (var i = 0; i < spec.Containers?.Count; i++)
        {
            var containerPath = path.Child("containers").Index(i);
            CheckName(spec.Containers[i].Name, names, containerPath, errors);
            Check(spec.Containers[i], spec, volumes, containerPath, errors);
            CheckHostPorts(spec.Containers[i], hostPorts, containerPath, errors);
            if (spec.Containers[i].RestartPolicy is { Length: > 0 } policy)
                CheckOwnRestartPolicy(policy, spec.Containers[i], containerPath, errors);
        }

        for (var i = 0; i < spec.InitContainers?.Count; i++)
        {
            var containerPath = path.Child("initContainers").Index(i);
            CheckName(spec.InitContainers[i].Name, names, containerPath, errors);
            Check(spec.InitContainers[i], spec, volumes, containerPath, errors);
            CheckInit(spec.InitContainers[i], containerPath, errors);
        }

        for (var i = 0; i < spec.EphemeralContainers?.Count; i++)
        {
            var containerPath = path.Child("ephemeralContainers").Index(i);
            CheckName(spec.EphemeralContainers[i].Name, names, containerPath, errors);
            CheckEphemeral(spec.EphemeralContainers[i], spec, volumes, containerPath, errors);
        }
    }

    private static void CheckName(string? name, HashSet<string> names, FieldPath path, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(name))
            errors.Required(path.Child("name"));
        else if (NameRules.DnsLabel(name) is { } fault)
            errors.Invalid(path.Child("name"), name, fault);
        else if (!names.Add(name))
            errors.Duplicate(path.Child("name"), name);
    }

    private static void Check(Container container, PodSpec spec, IReadOnlyDictionary<string, Volume> volumes, FieldPath path, FieldErrors errors)
    {
        CheckImage(container.Image, path.Child("image"), errors);
        CheckPorts(container.Ports, spec.HostNetwork == true, path.Child("ports"), errors);
        EnvironmentRules.Check(container.Env, container.EnvFrom, path, errors);
        CheckMounts(container.VolumeMounts, volumes, path.Child("volumeMounts"), errors);
        ProbeRules.CheckLifecycle(container.Lifecycle, path.Child("lifecycle"), errors);
        ProbeRules.Check(container.LivenessProbe, true, path.Child("livenessProbe"), errors);
        ProbeRules.Check(container.ReadinessProbe, false, path.Child("readinessProbe"), errors);
        ProbeRules.Check(container.StartupProbe, true, path.Child("startupProbe"), errors);
        PodSpecRules.CheckChoice(container.ImagePullPolicy, PullPolicies, path.Child("imagePullPolicy"), errors);
        PodSpecRules.CheckChoice(container.TerminationMessagePolicy, MessagePolicies, path.Child("terminationMessagePolicy"), errors);
        if (container.Resources is { } resources)
            ResourceRules.Check(resources, path.Child("resources"), errors);
        for (var i = 0; i < container.ResizePolicy?.Count; i++)
        {
            if (container.ResizePolicy[i].ResourceName is not ("cpu" or "memory"))
                errors.NotSupported(path.Child("resizePolicy"), container.ResizePolicy[i].ResourceName, "cpu", "memory");
            if (container.ResizePolicy[i].RestartPolicy is not ("NotRequired" or "RestartContainer"))
                errors.NotSupported(path.Child("resizePolicy"), container.ResizePolicy[i].RestartPolicy, "NotRequired", "RestartContainer");
        }

        SecurityRules.CheckContainer(container.SecurityContext, path.Child("securityContext"), errors);
    }

    private static void CheckImage(string? image, FieldPath path, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(image))
            errors.Required(path);
        else if (image.Trim().Length != image.Length)
            errors.Invalid(path, image, "must not have leading or trailing whitespace");
    }

    private static void CheckOwnRestartPolicy(string policy, Container container, FieldPath path, FieldErrors errors)
    {
        if (policy is not ("Always" or "OnFailure" or "Never"))
            errors.NotSupported(path.Child("restartPolicy"), policy, "Always", "OnFailure", "Never");
        if (container.RestartPolicyRules is { Count: > 0 } && policy.Length == 0)
            errors.Required(path.Child("restartPolicy"), "must specify restartPolicy when restart rules are used");
    }

    private static void CheckInit(Container container, FieldPath path, FieldErrors errors)
    {
        var isSidecar = container.RestartPolicy == "Always";
        if (container.RestartPolicy is { Length: > 0 } policy)
            CheckOwnRestartPolicy(policy, container, path, errors);
        if (isSidecar)
            return;
        if (container.Lifecycle is not null)
            errors.Forbidden(path.Child("lifecycle"), "may not be set for init containers without restartPolicy=Always");
        if (container.LivenessProbe is not null)
            errors.Forbidden(path.Child("livenessProbe"), "may not be set for init containers without restartPolicy=Always");
        if (container.ReadinessProbe is not null)
            errors.Forbidden(path.Child("readinessProbe"), "may not be set for init containers without restartPolicy=Always");
        if (container.StartupProbe is not null)
            errors.Forbidden(path.Child("startupProbe"), "may not be set for init containers without restartPolicy=Always");
    }

    private static void CheckEphemeral(
        EphemeralContainer container, PodSpec spec, IReadOnlyDictionary<string, Volume> volumes, FieldPath path, FieldErrors errors)
    {
        CheckImage(container.Image, path.Child("image"), errors);
        EnvironmentRules.Check(container.Env, container.EnvFrom, path, errors);
        CheckMounts(container.VolumeMounts, volumes, path.Child("volumeMounts"), errors);
        PodSpecRules.CheckChoice(container.ImagePullPolicy, PullPolicies, path.Child("imagePullPolicy"), errors);
        SecurityRules.CheckContainer(container.SecurityContext, path.Child("securityContext"), errors);
        if (container.TargetContainerName is { Length: > 0 } target
            && !(spec.Containers ?? []).Concat(spec.InitContainers ?? []).Any(one => one.Name == target))
            errors.NotFound(path.Child("targetContainerName"), target);
        const string fault = "field not allowed in ephemeral containers";
        if (container.Ports is { Count: > 0 })
            errors.Forbidden(path.Child("ports"), fault);
        if (container.LivenessProbe is not null || container.ReadinessProbe is not null || container.StartupProbe is not null)
            errors.Forbidden(path.Child("livenessProbe"), fault);
        if (container.Lifecycle is not null)
            errors.Forbidden(path.Child("lifecycle"), fault);
        if (container.Resources is { } resources && (resources.Limits is { Count: > 0 } || resources.Requests is { Count: > 0 }))
            errors.Forbidden(path.Child("resources"), fault);
    }

    private static void CheckPorts(IReadOnlyList<ContainerPort>? ports, bool hostNetwork, FieldPath path, FieldErrors errors)
    {
        var names = new HashSet<string>();
        for (var i = 0; i < ports?.Count; i++)
        {
            var port = ports[i];
            if (port.Name is { Length: > 0 } name)
            {
                PortRules.CheckName(name, path.Index(i).Child("name"), errors);
                if (!names.Add(name))
                    errors.Duplicate(path.Index(i).Child("name"), name);
            }

            if (port.Port is null or 0)
                errors.Required(path.Index(i).Child("containerPort"));
            else
                PortRules.CheckNumber(port.Port, path.Index(i).Child("containerPort"), errors);
            if (port.HostPort is not (null or 0))
                PortRules.CheckNumber(port.HostPort, path.Index(i).Child("hostPort"), errors);
            if (hostNetwork && port.HostPort is not (null or 0) && port.HostPort != port.Port)
                errors.Invalid(path.Index(i).Child("containerPort"), port.Port, "must match `hostPort` when `hostNetwork` is true");
            PortRules.CheckProtocol(port.Protocol, path.Index(i).Child("protocol"), errors);
            if (port.HostIP is { Length: > 0 } address)
                PortRules.CheckAddress(address, path.Index(i).Child("hostIP"), errors);
        }
    }

    private static void CheckHostPorts(Container container, HashSet<(string?, string?, int)> taken, FieldPath path, FieldErrors errors)
    {
        for (var i = 0; i < container.Ports?.Count; i++)
        {
            var port = container.Ports[i];
            if (port.HostPort is not (null or 0) && !taken.Add((port.Protocol, port.HostIP, port.HostPort.Value)))
                errors.Duplicate(path.Child("ports").Index(i).Child("hostPort"), $"{port.HostIP}/{port.Protocol}/{port.HostPort}");
        }
    }

    private static void CheckMounts(
        IReadOnlyList<VolumeMount>? mounts, IReadOnlyDictionary<string, Volume> volumes, FieldPath path, FieldErrors errors)
    {
        var mountPaths = new HashSet<string>();
        for (var i = 0; i < mounts?.Count; i++)
        {
            var mount = mounts[i];
            if (string.IsNullOrEmpty(mount.Name))
                errors.Required(path.Index(i).Child("name"));
            else if (!volumes.ContainsKey(mount.Name))
                errors.NotFound(path.Index(i).Child("name"), mount.Name);
            if (string.IsNullOrEmpty(mount.MountPath))
                errors.Required(path.Index(i).Child("mountPath"));
            else if (!mountPaths.Add(mount.MountPath))
                errors.Invalid(path.Index(i).Child("mountPath"), mount.MountPath, "must be unique");
            if (mount is { SubPath.Length: > 0, SubPathExpr.Length: > 0 })
                errors.Invalid(path.Index(i).Child("subPathExpr"), mount.SubPathExpr, "subPathExpr and subPath are mutually exclusive");
            VolumeRules.CheckLocalPath(mount.SubPath, path.Index(i).Child("subPath"), errors);
            VolumeRules.CheckLocalPath(mount.SubPathExpr, path.Index(i).Child("subPathExpr"), errors);
            if (mount.MountPropagation is { } propagation && !Propagations.Contains(propagation))
                errors.NotSupported(path.Index(i).Child("mountPropagation"), propagation, Propagations);
            if (mount.RecursiveReadOnly is "Enabled" or "IfPossible" && mount.ReadOnly != true)
                errors.Forbidden(path.Index(i).Child("recursiveReadOnly"), "may only be specified when readOnly is true");
        }
    }
}
