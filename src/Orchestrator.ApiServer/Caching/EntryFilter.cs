using Orchestrator.Api.Selectors;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Caching;

/// <summary>Namespace, label selector and field selector of one list or watch. Immutable.</summary>
internal sealed class EntryFilter
{
    private readonly LabelMatcher labels;
    private readonly (int Index, FieldRequirement Requirement)[] fields;

    private EntryFilter(string pathPrefix, LabelMatcher labels, (int, FieldRequirement)[] fields)
    {
        PathPrefix = pathPrefix;
        this.labels = labels;
        this.fields = fields;
    }

    /// <summary>"namespace/", or empty for all.</summary>
    public string PathPrefix { get; }

    /// <summary>No selector beyond the namespace.</summary>
    public bool IsPlain => labels.IsEverything && fields.Length == 0;

    /// <exception cref="Api.Errors.ApiException">400: a selector cannot be parsed or names a field that is not selectable.</exception>
    public static EntryFilter Create(ResourceDefinition definition, string @namespace, string labelSelector, string fieldSelector)
    {
        try
        {
            var labels = labelSelector.Length == 0 ? LabelMatcher.Everything : LabelMatcher.Parse(labelSelector);
            var fields = FieldSelectorText.Parse(fieldSelector).Requirements;
            // Name and namespace first: they are told by the path, and what they leave out need not even be readable.
            var resolved = fields.Count == 0 ? [] : fields.Select(one => (Index: IndexOf(definition, one.Field), one)).OrderBy(one => one.Index).ToArray();
            return new EntryFilter(@namespace.Length == 0 ? "" : @namespace + "/", labels, resolved);
        }
        catch (FormatException error)
        {
            throw ApiErrors.BadRequest(error.Message);
        }
    }

    /// <summary>Asked for entries under <see cref="PathPrefix"/> only.</summary>
    public bool Matches(CacheEntry entry)
    {
        foreach (var (index, requirement) in fields)
        {
            var isEqual = index switch
            {
                NameField => entry.Name.SequenceEqual(requirement.Value),
                NamespaceField => entry.Namespace.SequenceEqual(requirement.Value),
                _ => entry.Fields.Values[index] == requirement.Value,
            };
            if (isEqual != requirement.Equal)
                return false;
        }

        return labels.IsEverything || labels.Matches(entry.Fields.Labels);
    }

    public bool MatchesPath(CacheEntry entry) => entry.Path.StartsWith(PathPrefix, StringComparison.Ordinal);

    private const int NameField = -1;
    private const int NamespaceField = -2;

    private static int IndexOf(ResourceDefinition definition, string field)
    {
        switch (field)
        {
            case "metadata.name":
                return NameField;
            case "metadata.namespace":
                return NamespaceField;
        }

        for (var i = 0; i < definition.SelectableFields.Count; i++)
        {
            if (definition.SelectableFields[i].Path == field)
                return i;
        }

        throw ApiErrors.BadRequest(
            $"Unable to find \"{definition.Kind.ApiVersion}, Resource={definition.Names.Plural}\" that match label selector \"\", field selector "
            + $"\"{field}\": field label not supported: {field}");
    }
}
