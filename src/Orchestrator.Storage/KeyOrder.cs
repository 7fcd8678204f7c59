using System.Text;

namespace Orchestrator.Storage;

/// <summary>Keys as bytes: strict UTF-8, and the order of those bytes.</summary>
internal sealed class KeyOrder : IComparer<string>
{
    public static readonly KeyOrder Instance = new();

    /// <summary>Throws on lone surrogates: two different strings must never become the same key.</summary>
    public static readonly UTF8Encoding Encoding = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// Orders by UTF-8 bytes without encoding. UTF-16 units order the same way, except that surrogates (code points from
    /// U+10000) belong behind U+E000 to U+FFFF.
    /// </summary>
    public int Compare(string? x, string? y)
    {
        ReadOnlySpan<char> left = x, right = y;
        var common = left.CommonPrefixLength(right);
        if (common == left.Length || common == right.Length)
            return left.Length.CompareTo(right.Length);

        return Rank(left[common]).CompareTo(Rank(right[common]));
    }

    /// <summary>
    /// The first byte string behind every key with this prefix, or an empty array when there is none (no prefix at all).
    /// UTF-8 never contains 0xFF, so the last byte can always be raised by one.
    /// </summary>
    public static byte[] EndOfPrefix(string prefix)
    {
        var end = Encoding.GetBytes(prefix);
        if (end.Length > 0)
            end[^1]++;
        return end;
    }

    private static int Rank(char unit) => char.IsSurrogate(unit) ? unit + 0x10000 : unit;
}
