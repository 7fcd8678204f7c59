using Orchestrator.Api;

namespace Orchestrator.Testing;

/// <summary>A request that a <see cref="FakeCluster"/> received.</summary>
/// <param name="Verb">create, update, patch, delete, get, list or watch.</param>
/// <param name="Resource">Plural name, e.g. "pods".</param>
/// <param name="Subresource">Empty for the object itself.</param>
public sealed record FakeRequest(string Verb, string Resource, ObjectKey Key, string Subresource = "")
{
    public bool IsWrite => Verb is "create" or "update" or "patch" or "delete";

    public override string ToString() => $"{Verb} {Resource}{(Subresource.Length == 0 ? "" : "/" + Subresource)} {Key}";
}
