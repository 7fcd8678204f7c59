using System.Text.Json.Nodes;

namespace Orchestrator.ApiServer.Resources.Core.Pods;

/// <summary>Defaults of pod specs, in pods and in templates, that depend on other fields. Everything else is on the records.</summary>
internal static class PodSpecDefaults
{
    private static readonly string[] ContainerLists = ["initContainers", "containers", "ephemeralContainers"];

    public static void Apply(JsonObject? spec)
    {
        if (spec is null)
            return;
        foreach (var list in ContainerLists)
        {
            foreach (var container in spec.Items(list))
                ApplyToContainer(container, isEphemeral: list == "ephemeralContainers");
        }

        foreach (var volume in spec.Items("volumes"))
            ApplyToVolume(volume);
        MirrorServiceAccount(spec);
    }

    /// <summary>What pods get and templates do not: limits without requests become requests, host ports on the host's network.</summary>
    public static void ApplyToPod(JsonObject? spec)
    {
        if (spec is null)
            return;
        foreach (var list in ContainerLists)
        {
            foreach (var container in spec.Items(list))
            {
                RequestLimits(container);
                if (spec.IsTrue("hostNetwork"))
                    UseHostPorts(container);
            }
        }
    }

    private static void ApplyToContainer(JsonObject container, bool isEphemeral)
    {
        if (container.Text("image") is { Length: > 0 } image)
            container.Default("imagePullPolicy", IsLatest(image) ? "Always" : "IfNotPresent");
        if (isEphemeral)
        {
            container.Default("terminationMessagePath", "/dev/termination-log");
            container.Default("terminationMessagePolicy", "File");
        }

        foreach (var probe in (string[])["livenessProbe", "readinessProbe", "startupProbe"])
        {
            if (container.Child(probe)?.Child("grpc") is { } grpc && grpc["service"] is null)
                grpc["service"] = "";
        }
    }

    private static void ApplyToVolume(JsonObject volume)
    {
        if (volume.Count == 1 && volume.ContainsKey("name"))
            volume["emptyDir"] = new JsonObject();
        if (volume.Child("hostPath") is { } hostPath && hostPath["type"] is null)
            hostPath["type"] = "";
    }

    /// <summary>The old name of the field is kept in step with the new one.</summary>
    private static void MirrorServiceAccount(JsonObject spec)
    {
        var name = spec.Text("serviceAccountName") is { Length: > 0 } current ? current : spec.Text("serviceAccount");
        if (string.IsNullOrEmpty(name))
            return;
        spec["serviceAccountName"] = name;
        spec["serviceAccount"] = name;
    }

    private static void RequestLimits(JsonObject container)
    {
        if (container.Child("resources") is not { } resources || resources.Child("limits") is not { } limits)
            return;
        foreach (var (name, limit) in limits)
        {
            if (resources.Child("requests")?.ContainsKey(name) != true && limit is not null)
                resources.ChildOrNew("requests")[name] = limit.DeepClone();
        }
    }

    private static void UseHostPorts(JsonObject container)
    {
        foreach (var port in container.Items("ports"))
        {
            if (port.Number("hostPort") is null or 0 && port["containerPort"] is { } number)
                port["hostPort"] = number.DeepClone();
        }
    }

    /// <summary>No tag means the tag "latest"; a digest never does.</summary>
    private static bool IsLatest(string image)
    {
        if (image.Contains('@'))
            return false;
        var name = image.AsSpan(image.LastIndexOf('/') + 1);
        var colon = name.IndexOf(':');
        return colon < 0 || name[(colon + 1)..] is "latest";
    }
}
