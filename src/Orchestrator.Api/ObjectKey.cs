namespace Orchestrator.Api;

/// <summary>Identity of an object within its kind, and the unit of work of a queue. Namespace is empty for cluster-scoped kinds.</summary>
public readonly record struct ObjectKey(string Namespace, string Name) : IComparable<ObjectKey>
{
    public static ObjectKey Of(KubernetesObject item) => new(item.Metadata.Namespace ?? "", item.Metadata.Name ?? "");

    public int CompareTo(ObjectKey other) =>
        string.CompareOrdinal(Namespace, other.Namespace) is var order && order != 0 ? order : string.CompareOrdinal(Name, other.Name);

    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";
}
