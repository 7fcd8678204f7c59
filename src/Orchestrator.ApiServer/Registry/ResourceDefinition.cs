using System.Reflection;
using Orchestrator.Api;
using Orchestrator.Api.Schema;
using Orchestrator.ApiServer.Tables;

namespace Orchestrator.ApiServer.Registry;

/// <summary>
/// The one declaration of a kind on the server: routes, discovery, OpenAPI, validation, defaulting, patches and tables all follow
/// from it and from the record's attributes.
/// </summary>
/// <example>
/// <code>
/// public static ResourceDefinition Definition { get; } = ResourceDefinition.For&lt;Deployment&gt;() with
/// {
///     Strategy = new DeploymentStrategy(),
///     Columns = [Column.NameColumn, Column.Of&lt;Deployment>("Ready", "string", 0, d => ...), Column.AgeColumn],
///     Subresources = [Subresource.Status(new DeploymentStatusStrategy()), Subresource.Scale("spec.replicas", "status.replicas", "spec.selector")],
/// };
/// </code>
/// </example>
public sealed record ResourceDefinition
{
    /// <summary>What is served of a kind that is stored and has no restrictions.</summary>
    public static IReadOnlyList<string> AllVerbs { get; } =
        ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    private ResourceDefinition(Type recordType, ResourceAttribute names)
    {
        RecordType = recordType;
        Names = names;
        Resource = new GroupVersionResource(names.Group, names.Version, names.Plural);
        Kind = new GroupVersionKind(names.Group, names.Version, names.Kind);
    }

    /// <summary>A stored kind with all verbs, no subresources, default columns and no rules of its own.</summary>
    public static ResourceDefinition For<T>()
        where T : KubernetesObject => new(typeof(T), NamesOf(typeof(T))) { Strategy = new ResourceStrategy<T>(), Access = TypedAccess.Of<T>() };

    /// <summary>A kind that is never stored: a POST is answered by <paramref name="handler"/> (TokenReview, SubjectAccessReview).</summary>
    public static ResourceDefinition ForReview<T>(ICreateHandler handler)
        where T : KubernetesObject => For<T>() with { Verbs = ["create"], CreateHandler = handler };

    /// <summary>The C# record of the kind.</summary>
    public Type RecordType { get; }

    /// <summary>Group, version, kind, plural, scope, short names: as declared on the record.</summary>
    public ResourceAttribute Names { get; }

    public GroupVersionResource Resource { get; }

    public GroupVersionKind Kind { get; }

    public IReadOnlyList<string> Verbs { get; init; } = AllVerbs;

    public required ResourceStrategy Strategy { get; init; }

    public IReadOnlyList<Column> Columns { get; init; } = [Column.NameColumn, Column.AgeColumn];

    public IReadOnlyList<Subresource> Subresources { get; init; } = [];

    /// <summary>Views for writes within the server only: no route, not in discovery.</summary>
    public IReadOnlyList<Subresource> InternalViews { get; init; } = [];

    /// <summary>What field selectors may name besides metadata.name and metadata.namespace.</summary>
    public IReadOnlyList<SelectableField> SelectableFields { get; init; } = [];

    /// <summary>Answers creates of a kind that is not stored; null for stored kinds.</summary>
    public ICreateHandler? CreateHandler { get; init; }

    /// <summary>
    /// Group and resource in the store's keys; differs from the kind's own when two kinds share their objects
    /// (events.k8s.io events are core events under another face). Null: the kind's own.
    /// </summary>
    public GroupVersionResource? StoredAs { get; init; }

    /// <summary>Translates between the shared stored form and this kind; null when the kind stores its own form.</summary>
    public IFormConverter? Converter { get; init; }

    /// <summary>Objects are forgotten this long after they were last written; null keeps them.</summary>
    public TimeSpan? TimeToLive { get; init; }

    public bool IsStored => CreateHandler is null;

    /// <summary>"/registry/pods/", "/registry/deployments.apps/" style prefix of this kind's keys.</summary>
    public string KeyPrefix => KeyPrefixOf(StoredAs ?? Resource);

    /// <summary>The tree of fields that decoding, defaulting, patches and OpenAPI follow. Built on first use.</summary>
    public SchemaNode Schema => RecordSchema.Of(RecordType);

    /// <summary>Whether writes of the status go to /status alone.</summary>
    public bool HasStatus => FindSubresource("status") is not null;

    internal TypedAccess Access { get; init; } = null!;

    public Subresource? FindSubresource(string name)
    {
        for (var i = 0; i < Subresources.Count; i++)
        {
            if (Subresources[i].Name == name)
                return Subresources[i];
        }

        return null;
    }

    /// <summary>A subresource, or an internal view.</summary>
    public Subresource? FindView(string name) => FindSubresource(name) ?? InternalViews.FirstOrDefault(view => view.Name == name);

    public bool HasVerb(string verb)
    {
        for (var i = 0; i < Verbs.Count; i++)
        {
            if (Verbs[i] == verb)
                return true;
        }

        return false;
    }

    /// <summary>Key of an object, e.g. "/registry/apps/deployments/default/web" or "/registry/nodes/node1".</summary>
    public string Key(string @namespace, string name) => @namespace.Length == 0 ? KeyPrefix + name : $"{KeyPrefix}{@namespace}/{name}";

    private static string KeyPrefixOf(GroupVersionResource resource) =>
        resource.Group.Length == 0 ? $"/registry/{resource.Resource}/" : $"/registry/{resource.Group}/{resource.Resource}/";

    private static ResourceAttribute NamesOf(Type type) =>
        type.GetCustomAttribute<ResourceAttribute>() ?? throw new InvalidOperationException($"{type} is not declared as a resource");
}

/// <summary>A field that field selectors may name.</summary>
/// <param name="Path">E.g. "spec.nodeName": also where the value is found in the document, unless <paramref name="Value"/> says otherwise.</param>
/// <param name="Default">Value of an absent field, e.g. "false" for spec.unschedulable.</param>
/// <param name="Value">Computes the value when it is not simply the field's text.</param>
public sealed record SelectableField(string Path, string Default = "", Func<ApiObject, string>? Value = null);
