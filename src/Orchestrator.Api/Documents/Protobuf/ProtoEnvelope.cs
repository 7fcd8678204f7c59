using System.Text;

namespace Orchestrator.Api.Documents.Protobuf;

/// <summary>What stands around every Kubernetes object in protobuf: four magic bytes and a runtime.Unknown message.</summary>
public readonly ref struct ProtoEnvelope
{
    private ProtoEnvelope(string apiVersion, string kind, ReadOnlySpan<byte> raw)
    {
        ApiVersion = apiVersion;
        Kind = kind;
        Raw = raw;
    }

    public static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    public string ApiVersion { get; }

    public string Kind { get; }

    /// <summary>The object's own message.</summary>
    public ReadOnlySpan<byte> Raw { get; }

    /// <exception cref="DocumentException">Not the envelope.</exception>
    public static ProtoEnvelope Open(ReadOnlySpan<byte> body)
    {
        if (!body.StartsWith(Magic))
            throw new DocumentException("provided data does not appear to be a protobuf message, expected prefix 'k8s\\x00'");
        var reader = new ProtoReader(body[Magic.Length..]);
        string apiVersion = "", kind = "";
        ReadOnlySpan<byte> raw = default;
        while (reader.Read())
        {
            switch (reader.Number)
            {
                case 1:
                    var type = new ProtoReader(reader.ReadBytes());
                    while (type.Read())
                    {
                        var text = Encoding.UTF8.GetString(type.ReadBytes());
                        if (type.Number == 1)
                            apiVersion = text;
                        else if (type.Number == 2)
                            kind = text;
                    }

                    break;
                case 2:
                    raw = reader.ReadBytes();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return new ProtoEnvelope(apiVersion, kind, raw);
    }
}
