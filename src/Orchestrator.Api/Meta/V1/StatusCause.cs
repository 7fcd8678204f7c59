namespace Orchestrator.Api.Meta.V1;

/// <summary>One cause of a failure.</summary>
[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.StatusCause")]
public sealed record StatusCause
{
    /// <summary>Reason of a creation refused since its namespace is being deleted. Controllers do not try again.</summary>
    public const string NamespaceTerminating = nameof(NamespaceTerminating);

    /// <summary>One word, for programs, why it is so.</summary>
    [Proto(1)]
    public string? Reason { get; init; }

    /// <summary>Sentence for people that explains it.</summary>
    [Proto(2)]
    public string? Message { get; init; }

    /// <summary>The field that caused it.</summary>
    [Proto(3)]
    public string? Field { get; init; }
}
