namespace Orchestrator.Kubelet.Server.Streams;

/// <summary>The WebSocket sub-protocols that carry several streams: one byte (or, in base64, one digit) before the data names the stream.</summary>
internal sealed record ChannelProtocol(string Name, bool IsBase64, bool HasStatus, bool HasResize, bool HasClose)
{
    public const byte Stdin = 0;
    public const byte Stdout = 1;
    public const byte Stderr = 2;
    public const byte Error = 3;
    public const byte Resize = 4;

    /// <summary>Version 5: the byte after it names a stream that the client closes.</summary>
    public const byte Close = 255;

    /// <summary>Best first.</summary>
    private static readonly ChannelProtocol[] Known =
    [
        new("v5.channel.k8s.io", IsBase64: false, HasStatus: true, HasResize: true, HasClose: true),
        new("v4.channel.k8s.io", IsBase64: false, HasStatus: true, HasResize: true, HasClose: false),
        new("v4.base64.channel.k8s.io", IsBase64: true, HasStatus: true, HasResize: true, HasClose: false),
        new("channel.k8s.io", IsBase64: false, HasStatus: false, HasResize: false, HasClose: false),
        new("base64.channel.k8s.io", IsBase64: true, HasStatus: false, HasResize: false, HasClose: false),
    ];

    /// <summary>The first known one that the client offers, in the client's order; without an offer the oldest.</summary>
    public static ChannelProtocol? Choose(IReadOnlyList<string> offered)
    {
        if (offered.Count == 0)
            return new("", IsBase64: false, HasStatus: false, HasResize: false, HasClose: false);
        foreach (var name in offered)
        {
            if (Known.FirstOrDefault(protocol => protocol.Name == name) is { } found)
                return found;
        }

        return null;
    }
}
