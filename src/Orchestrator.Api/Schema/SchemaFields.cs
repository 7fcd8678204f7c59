using System.Collections;
using System.Text;

namespace Orchestrator.Api.Schema;

/// <summary>The fields of a struct in declared order, found by name without making a string of it. Immutable.</summary>
public sealed class SchemaFields : IReadOnlyList<SchemaField>
{
    public static readonly SchemaFields None = new([]);

    private readonly SchemaField[] fields;
    private readonly byte[][] names;
    private readonly int[] slots;

    public SchemaFields(IReadOnlyList<SchemaField> fields)
    {
        this.fields = [.. fields];
        names = Array.ConvertAll(this.fields, field => Encoding.UTF8.GetBytes(field.Name));
        slots = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, this.fields.Length * 2))];
        for (var i = 0; i < names.Length; i++)
        {
            var slot = Hash(names[i]) & (slots.Length - 1);
            while (slots[slot] != 0)
                slot = (slot + 1) & (slots.Length - 1);
            slots[slot] = i + 1;
        }
    }

    public int Count => fields.Length;

    public SchemaField this[int index] => fields[index];

    public SchemaField? Find(ReadOnlySpan<byte> utf8Name)
    {
        var slot = Hash(utf8Name) & (slots.Length - 1);
        while (slots[slot] is var index && index != 0)
        {
            if (utf8Name.SequenceEqual(names[index - 1]))
                return fields[index - 1];
            slot = (slot + 1) & (slots.Length - 1);
        }

        return null;
    }

    public SchemaField? Find(string name)
    {
        if (name.Length > 128)
            return null;
        Span<byte> buffer = stackalloc byte[3 * 128];
        return Find(buffer[..Encoding.UTF8.GetBytes(name, buffer)]);
    }

    public IEnumerator<SchemaField> GetEnumerator() => ((IEnumerable<SchemaField>)fields).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static int Hash(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
            return 0;
        var hash = ((uint)name.Length * 31) + name[0];
        hash = (hash * 31) + name[name.Length / 2];
        hash = (hash * 31) + name[^1];
        return (int)(hash ^ (hash >> 7)) & int.MaxValue;
    }
}
