using Orchestrator.Scheduler.Framework;

namespace Orchestrator.Scheduler.Plugins.ImageLocality;

/// <summary>Prefers nodes that hold the pod's images, the more the larger and the more widely spread the images are.</summary>
internal sealed class ImageLocalityPlugin : IScorePlugin
{
    // Kubernetes' thresholds: smaller than 23 MB is as good as nothing, more than 1 GB a container is as good as all.
    private const long MinBytes = 23 * 1024 * 1024;
    private const long MaxBytesOfContainer = 1000 * 1024 * 1024;

    public string Name => "ImageLocality";

    public int Weight => 1;

    public long Score(SchedulingCycle cycle, NodeInfo node)
    {
        var containers = cycle.Pod.Spec.Containers ?? [];
        long present = 0;
        foreach (var container in containers)
        {
            var image = Normalize(container.Image ?? "");
            if (!HasImage(node, image) || !cycle.Snapshot.Images.TryGetValue(image, out var spread))
                continue;
            present += spread.SizeBytes * spread.Nodes / cycle.Snapshot.Nodes.Count;
        }

        var max = Math.Max(MaxBytesOfContainer * containers.Count, MinBytes + 1);
        return IScorePlugin.MaxScore * (Math.Clamp(present, MinBytes, max) - MinBytes) / (max - MinBytes);
    }

    private static bool HasImage(NodeInfo node, string image)
    {
        foreach (var held in node.Node.Status?.Images ?? [])
        {
            if (held.Names?.Contains(image) == true)
                return true;
        }

        return false;
    }

    // An image without a tag is the one called latest.
    private static string Normalize(string image) => image.LastIndexOf(':') <= image.LastIndexOf('/') ? image + ":latest" : image;
}
