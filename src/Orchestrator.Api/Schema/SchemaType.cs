namespace Orchestrator.Api.Schema;

/// <summary>The forms a value can take in a document.</summary>
public enum SchemaType
{
    /// <summary>An object with known fields.</summary>
    Struct,

    /// <summary>An object with free keys and values of one schema.</summary>
    Map,

    List,
    String,

    /// <summary>Base64 text.</summary>
    Bytes,

    Int32,
    Int64,
    Double,
    Bool,

    /// <summary>RFC 3339 with whole seconds.</summary>
    Time,

    /// <summary>RFC 3339 with microseconds.</summary>
    MicroTime,

    IntOrString,
    Quantity,

    /// <summary>Any JSON value, kept as it is.</summary>
    Any,
}

/// <summary>How server-side apply sees a list (x-kubernetes-list-type).</summary>
public enum ListKind
{
    /// <summary>Owned and replaced as a whole; the default.</summary>
    Atomic,

    /// <summary>Scalars, each owned on its own.</summary>
    Set,

    /// <summary>Objects told apart by key fields, each owned on its own.</summary>
    Map,
}
