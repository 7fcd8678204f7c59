using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Orchestrator.Runtime.Cri;

namespace Orchestrator.Runtime.Content;

/// <summary>The name of a piece of content: "sha256:" and 64 hexadecimal digits (image-spec descriptor.md). No other algorithm is accepted.</summary>
public readonly record struct Digest
{
    private const string Prefix = "sha256:";
    private readonly string? hex;

    private Digest(string hex) => this.hex = hex;

    /// <summary>The 64 lower-case digits: also the content's file name.</summary>
    public string Hex => hex ?? throw new InvalidOperationException("The digest has no value.");

    /// <exception cref="RuntimeException">InvalidArgument, when the text is not a sha256 digest.</exception>
    public static Digest Parse(string text) =>
        TryParse(text, out var digest) ? digest : throw new RuntimeException(RuntimeError.InvalidArgument, $"invalid digest \"{text}\"");

    public static bool TryParse([NotNullWhen(true)] string? text, out Digest digest)
    {
        digest = default;
        if (text is null || text.Length != Prefix.Length + 64 || !text.StartsWith(Prefix, StringComparison.Ordinal))
            return false;
        if (text.AsSpan(Prefix.Length).ContainsAnyExcept("0123456789abcdef"))
            return false;
        digest = new Digest(text[Prefix.Length..]);
        return true;
    }

    public static Digest Of(ReadOnlySpan<byte> content) => FromHash(SHA256.HashData(content));

    public static Digest FromHash(ReadOnlySpan<byte> hash) => new(Convert.ToHexStringLower(hash));

    public override string ToString() => Prefix + hex;
}
