using Microsoft.AspNetCore.Http;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Http;

internal enum MediaType { Json, Yaml, Protobuf }

/// <summary>What the client wants the object to be shown as (the <c>as</c> parameter of the Accept header).</summary>
internal enum Shape { Object, Table, PartialMetadata, PartialMetadataList }

/// <summary>The form of a response, chosen from the Accept header.</summary>
internal readonly record struct ResponseFormat(MediaType Media, Shape Shape, bool Pretty)
{
    public static readonly ResponseFormat Json = new(MediaType.Json, Shape.Object, false);

    private const string Supported = "application/json, application/yaml, application/vnd.kubernetes.protobuf";

    /// <exception cref="Api.Errors.ApiException">406: nothing the client accepts can be served.</exception>
    public static ResponseFormat Choose(HttpRequest request, bool allowsShapes, bool allowsProtobuf)
    {
        var accept = request.Headers.Accept.ToString();
        var pretty = IsPretty(request);
        if (accept.Length == 0 || accept == "application/json")
            return new(MediaType.Json, Shape.Object, pretty);
        foreach (var range in accept.AsSpan().Split(','))
        {
            if (TryClause(accept.AsSpan(range).Trim(), allowsShapes, allowsProtobuf, out var format))
                return format with { Pretty = pretty && format.Media == MediaType.Json };
        }

        throw ApiErrors.NotAcceptable(Supported);
    }

    private static bool TryClause(ReadOnlySpan<char> clause, bool allowsShapes, bool allowsProtobuf, out ResponseFormat format)
    {
        format = Json;
        var isType = true;
        var shape = Shape.Object;
        var media = MediaType.Json;
        foreach (var range in clause.Split(';'))
        {
            var part = clause[range].Trim();
            if (isType)
            {
                if (!TryMedia(part, allowsProtobuf, out media))
                    return false;
                isType = false;
            }
            else if (part.StartsWith("as="))
            {
                if (!allowsShapes || !TryShape(part[3..], out shape) || media != MediaType.Json)
                    return false;
            }
            else if (part.StartsWith("g=") && part[2..] is not "meta.k8s.io" || part.StartsWith("v=") && part[2..] is not ("v1" or "v1beta1"))
            {
                return false;
            }
        }

        format = new ResponseFormat(media, shape, false);
        return true;
    }

    private static bool TryMedia(ReadOnlySpan<char> type, bool allowsProtobuf, out MediaType media)
    {
        media = type switch
        {
            "application/yaml" => MediaType.Yaml,
            "application/vnd.kubernetes.protobuf" => MediaType.Protobuf,
            _ => MediaType.Json,
        };
        return type is "application/json" or "*/*" or "application/*" or "application/yaml" || (media == MediaType.Protobuf && allowsProtobuf);
    }

    private static bool TryShape(ReadOnlySpan<char> name, out Shape shape)
    {
        shape = name switch
        {
            "Table" => Shape.Table,
            "PartialObjectMetadata" => Shape.PartialMetadata,
            "PartialObjectMetadataList" => Shape.PartialMetadataList,
            _ => Shape.Object,
        };
        return shape != Shape.Object;
    }

    /// <summary>People at a terminal or in a browser get indented JSON.</summary>
    private static bool IsPretty(HttpRequest request)
    {
        if (request.Query.TryGetValue("pretty", out var asked))
            return RequestInfoReader.IsTrue(asked) || asked == "";
        var agent = request.Headers.UserAgent.ToString();
        return agent.StartsWith("curl", StringComparison.Ordinal) || agent.StartsWith("Wget", StringComparison.Ordinal) || agent.StartsWith("Mozilla/5.0", StringComparison.Ordinal);
    }
}
