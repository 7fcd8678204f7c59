namespace Orchestrator.Api.Authentication.V1;

[ProtoMessage("k8s.io.api.authentication.v1.UserInfo")]
public sealed record UserInfo
{
    [Proto(1)]
    public string? Username { get; init; }

    [Proto(2)]
    public string? Uid { get; init; }

    [Proto(3), ListAtomic]
    public IReadOnlyList<string>? Groups { get; init; }

    [Proto(4)]
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Extra { get; init; }
}
