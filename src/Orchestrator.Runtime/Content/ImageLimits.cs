namespace Orchestrator.Runtime.Content;

/// <summary>How much a single image may demand of a node. Real images stay far below; hostile ones are refused at these lines.</summary>
internal static class ImageLimits
{
    /// <summary>Manifests, indexes and configurations. Registries accept 4 MiB at most.</summary>
    public const int DocumentBytes = 8 << 20;

    /// <summary>One layer as it is stored.</summary>
    public const long BlobBytes = 32L << 30;

    /// <summary>The content of one layer when unpacked, which guards against archives that expand without end.</summary>
    public const long LayerBytes = 64L << 30;

    public const int LayerEntries = 4_000_000;

    /// <summary>overlayfs refuses more lower directories (fs/overlayfs/params.h), one is the fix-up layer.</summary>
    public const int Layers = 499;

    /// <summary>PATH_MAX with its NUL.</summary>
    public const int PathBytes = 4095;

    /// <summary>NAME_MAX.</summary>
    public const int NameBytes = 255;

    public const int ExtendedHeaderBytes = 1 << 20;

    /// <summary>XATTR_SIZE_MAX.</summary>
    public const int AttributeBytes = 65536;

    public const int AttributesPerEntry = 64;

    /// <summary>Manifests that an index may name, all levels together.</summary>
    public const int ManifestsPerIndex = 1000;

    public const int IndexDepth = 4;
}
