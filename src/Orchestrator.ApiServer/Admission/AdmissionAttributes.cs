using System.Text.Json.Nodes;
using Orchestrator.Api;
using Orchestrator.ApiServer.Authentication;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Registry;

namespace Orchestrator.ApiServer.Admission;

public enum AdmissionOperation { Create, Update, Delete, Connect }

/// <summary>One write on its way to the store, as admission sees it.</summary>
public sealed class AdmissionAttributes
{
    public required RequestContext Context { get; init; }

    public required AdmissionOperation Operation { get; init; }

    public required ResourceDefinition Definition { get; init; }

    /// <summary>Empty for the resource itself.</summary>
    public required string Subresource { get; init; }

    public required string Namespace { get; init; }

    /// <summary>Empty while a create relies on generateName.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// The object to be stored; the body for create-type subresources (a Binding, an Eviction). Null for deletes and connects.
    /// Mutating admission changes its <see cref="ApiObject.Document"/>.
    /// </summary>
    public ApiObject? Object { get; init; }

    /// <summary>What is stored now, for updates and deletes. Never changed.</summary>
    public ApiObject? OldObject { get; init; }

    public bool DryRun { get; init; }

    /// <summary>DeleteOptions of a delete, connect options of a connect; null otherwise.</summary>
    public JsonObject? Options { get; init; }

    public UserInfo User => Context.User;

    public GroupVersionResource Resource => Definition.Resource;

    public GroupVersionKind Kind => Definition.Kind;

    /// <summary>True for a write of this kind itself (no subresource).</summary>
    public bool Is<T>()
        where T : KubernetesObject => Subresource.Length == 0 && Definition.RecordType == typeof(T);

    /// <summary>Sent to the client as a 299 Warning header.</summary>
    public void Warn(string message) => Context.AddWarning(message);
}
