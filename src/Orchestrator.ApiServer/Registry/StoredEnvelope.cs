using System.Buffers.Text;
using Orchestrator.ApiServer.Causes;

namespace Orchestrator.ApiServer.Registry;

/// <summary>
/// The stored form of an object: its compact JSON without resourceVersion, a line feed (which compact JSON never contains), and
/// the cause of its last write. One value, so object and cause change atomically.
/// </summary>
internal static class StoredEnvelope
{
    private const byte Separator = (byte)'\n';

    private static ReadOnlySpan<byte> MetadataStart => "\"metadata\":{"u8;

    private static ReadOnlySpan<byte> VersionStart => "\"resourceVersion\":\""u8;

    /// <param name="cause">Null leaves the object alone.</param>
    public static byte[] Encode(ReadOnlySpan<byte> json, CauseNote? cause)
    {
        if (cause is null)
            return json.ToArray();
        var tail = cause.Encode();
        var value = new byte[json.Length + 1 + tail.Length];
        json.CopyTo(value);
        value[json.Length] = Separator;
        tail.CopyTo(value.AsSpan(json.Length + 1));
        return value;
    }

    public static ReadOnlySpan<byte> Json(ReadOnlySpan<byte> value) => value.IndexOf(Separator) is var end and >= 0 ? value[..end] : value;

    /// <summary>The cause part as JSON; empty when there is none.</summary>
    public static ReadOnlySpan<byte> Cause(ReadOnlySpan<byte> value) => value.IndexOf(Separator) is var end and >= 0 ? value[(end + 1)..] : default;

    /// <summary>The object as it is sent: with its resourceVersion as the first field of metadata.</summary>
    /// <exception cref="InvalidDataException">It is no object.</exception>
    public static byte[] WithVersion(ReadOnlySpan<byte> json, long version)
    {
        var at = json.IndexOf(MetadataStart);
        if (at < 0 || at + MetadataStart.Length == json.Length)
            throw new InvalidDataException("a stored object has no metadata");
        at += MetadataStart.Length;
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(version, digits, out var length);
        var isEmpty = json[at] == (byte)'}';
        var inserted = VersionStart.Length + length + (isEmpty ? 1 : 2);
        var result = new byte[json.Length + inserted];
        var target = result.AsSpan();
        json[..at].CopyTo(target);
        target = target[at..];
        VersionStart.CopyTo(target);
        target = target[VersionStart.Length..];
        digits[..length].CopyTo(target);
        target = target[length..];
        target[0] = (byte)'"';
        if (!isEmpty)
            target[1] = (byte)',';
        json[at..].CopyTo(result.AsSpan(at + inserted));
        return result;
    }
}
