using System.Globalization;
using System.Text;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Serialization;
using Orchestrator.Client.Reconciling;

namespace Orchestrator.Controllers.Deployments;

/// <summary>
/// The label that tells pods of one template from those of another. Only equality of templates decides which ReplicaSet is the new
/// one; the hash gives it a name that is the same when the same step is repeated.
/// </summary>
internal static class TemplateHash
{
    public const string Label = "pod-template-hash";

    /// <summary>Characters that form no words, as Kubernetes uses for generated names.</summary>
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    /// <param name="collisions">How often the name turned out to be taken by a ReplicaSet with another template.</param>
    public static string Compute(PodTemplateSpec template, int collisions)
    {
        var hash = Fnv1a(ApiJson.Serialize(template), 2166136261);
        if (collisions > 0)
            hash = Fnv1a(BitConverter.GetBytes(collisions), hash);
        var text = new StringBuilder(10);
        foreach (var digit in hash.ToString(CultureInfo.InvariantCulture))
            text.Append(Alphabet[digit % Alphabet.Length]);
        return text.ToString();
    }

    /// <summary>Whether two templates are the same but for the label.</summary>
    public static bool SameTemplate(PodTemplateSpec? left, PodTemplateSpec? right) =>
        ApiEquality.Same(Without(left), Without(right));

    public static PodTemplateSpec With(PodTemplateSpec template, string hash) => template with
    {
        Metadata = (template.Metadata ?? new()) with { Labels = Add(template.Metadata?.Labels, hash) },
    };

    public static Dictionary<string, string> Add(IReadOnlyDictionary<string, string>? labels, string hash) =>
        new(labels ?? new Dictionary<string, string>()) { [Label] = hash };

    private static PodTemplateSpec? Without(PodTemplateSpec? template)
    {
        if (template?.Metadata?.Labels?.ContainsKey(Label) != true)
            return template;
        var labels = new Dictionary<string, string>(template.Metadata.Labels);
        labels.Remove(Label);
        return template with { Metadata = template.Metadata with { Labels = labels.Count == 0 ? null : labels } };
    }

    private static uint Fnv1a(byte[] bytes, uint hash)
    {
        foreach (var b in bytes)
            hash = (hash ^ b) * 16777619;
        return hash;
    }
}
