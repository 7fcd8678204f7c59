using System.Collections;
using System.Globalization;
using System.Text.Json;

namespace Orchestrator.ApiServer.Validation;

/// <summary>Collects every fault of an object, so that the user sees all of them at once. Not thread-safe.</summary>
public sealed class FieldErrors : IReadOnlyCollection<FieldError>
{
    private readonly List<FieldError> errors = [];

    public int Count => errors.Count;

    public void Invalid(FieldPath path, object? value, string detail) =>
        Add("FieldValueInvalid", path, $"Invalid value: {Quote(value)}: {detail}");

    public void Required(FieldPath path, string detail = "") =>
        Add("FieldValueRequired", path, detail.Length == 0 ? "Required value" : $"Required value: {detail}");

    public void Forbidden(FieldPath path, string detail) => Add("FieldValueForbidden", path, $"Forbidden: {detail}");

    public void Duplicate(FieldPath path, object? value) => Add("FieldValueDuplicate", path, $"Duplicate value: {Quote(value)}");

    public void NotFound(FieldPath path, object? value) => Add("FieldValueNotFound", path, $"Not found: {Quote(value)}");

    /// <param name="supported">In the order in which they are shown.</param>
    public void NotSupported(FieldPath path, object? value, params IReadOnlyList<string> supported) =>
        Add("FieldValueNotSupported", path,
            $"Unsupported value: {Quote(value)}: supported values: {string.Join(", ", supported.Select(one => Quote(one)))}");

    public void TooLong(FieldPath path, int maxBytes) => Add("FieldValueTooLong", path, $"Too long: may not be more than {maxBytes} bytes");

    public void TooMany(FieldPath path, int actual, int max) =>
        Add("FieldValueTooMany", path, $"Too many: {actual}: must have at most {max} {(max == 1 ? "item" : "items")}");

    public void TypeInvalid(FieldPath path, object? value, string detail) =>
        Add("FieldValueTypeInvalid", path, $"Invalid value: {Quote(value)}: {detail}");

    public void Internal(FieldPath path, string detail) => Add("InternalError", path, $"Internal error: {detail}");

    public void Add(FieldError error) => errors.Add(error);

    public IEnumerator<FieldError> GetEnumerator() => errors.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Add(string reason, FieldPath path, string message) => errors.Add(new FieldError(reason, path.ToString(), message));

    private static string Quote(object? value) => value switch
    {
        null => "null",
        bool truth => truth ? "true" : "false",
        string text => '"' + JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value + '"',
        IFormattable number when number.GetType().IsPrimitive => number.ToString(null, CultureInfo.InvariantCulture),
        IReadOnlyDictionary<string, string> map =>
            $"{{{string.Join(',', map.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{Quote(one.Key)}:{Quote(one.Value)}"))}}}",
        IEnumerable<string> list => $"[{string.Join(',', list.Select(one => Quote(one)))}]",
        System.Text.Json.Nodes.JsonNode node => node.ToJsonString(),
        _ => Quote(value.ToString()),
    };
}
