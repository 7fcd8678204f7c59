using System.Text;

namespace Orchestrator.Runtime.Builder;

/// <summary>Between text and byte strings (see <see cref="Snapshots.TarEntry"/>): file names of a Dockerfile are UTF-8.</summary>
internal static class ByteString
{
    public static string FromText(string text) => Ascii.IsValid(text) ? text : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    public static string ToText(string byteString) => Ascii.IsValid(byteString) ? byteString : Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(byteString));
}
