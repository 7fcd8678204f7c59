using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Orchestrator.Api;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Http;

internal enum VersionMatch { Unset, Exact, NotOlderThan }

/// <summary>The options of a list or watch, checked.</summary>
/// <param name="Version">Null when unset or empty.</param>
internal sealed record ListRequest(long? Version, VersionMatch Match, int Limit, ContinueToken? Continue)
{
    private static readonly GroupVersionKind OptionsKind = new("meta.k8s.io", "v1", "ListOptions");

    public bool AllowBookmarks { get; private init; }

    public bool? SendInitialEvents { get; private init; }

    public TimeSpan? Timeout { get; private init; }

    /// <exception cref="Api.Errors.ApiException">400 or 422: options that are malformed or contradict each other.</exception>
    public static ListRequest Read(IQueryCollection query, bool isWatch)
    {
        var errors = new FieldErrors();
        var version = ReadVersion(query["resourceVersion"], errors);
        var match = ReadMatch(query["resourceVersionMatch"], errors);
        var token = query["continue"].ToString() is { Length: > 0 } text ? ContinueToken.Parse(text) : null;
        bool? sendInitial = query.TryGetValue("sendInitialEvents", out var initial) ? RequestInfoReader.IsTrue(initial) : null;
        CheckTogether(isWatch, version, match, token, sendInitial, errors);
        if (errors.Count > 0)
            throw ApiErrors.Invalid(OptionsKind, "", errors);
        return new ListRequest(version, match, ReadInt(query, "limit"), token)
        {
            AllowBookmarks = RequestInfoReader.IsTrue(query["allowWatchBookmarks"]),
            SendInitialEvents = sendInitial,
            Timeout = ReadInt(query, "timeoutSeconds") is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null,
        };
    }

    private static void CheckTogether(bool isWatch, long? version, VersionMatch match, ContinueToken? token, bool? sendInitial, FieldErrors errors)
    {
        var path = FieldPath.Of("resourceVersionMatch");
        if (isWatch)
        {
            if (match != VersionMatch.Unset && sendInitial is null)
                errors.Forbidden(path, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
            if (sendInitial is not null && match != VersionMatch.NotOlderThan)
                errors.Forbidden(path, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
            return;
        }

        if (sendInitial is not null)
            errors.Forbidden(FieldPath.Of("sendInitialEvents"), "sendInitialEvents is forbidden for list");
        if (match == VersionMatch.Unset)
            return;
        if (version is null)
            errors.Forbidden(path, "resourceVersionMatch is forbidden unless resourceVersion is provided");
        if (token is not null)
            errors.Forbidden(path, "resourceVersionMatch is forbidden when continue is provided");
        if (match == VersionMatch.Exact && version == 0)
            errors.Forbidden(path, "resourceVersionMatch \"Exact\" is forbidden for resourceVersion \"0\"");
    }

    private static long? ReadVersion(string? text, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            return version;
        errors.Invalid(FieldPath.Of("resourceVersion"), text, "must be a non-negative integer");
        return null;
    }

    private static VersionMatch ReadMatch(string? text, FieldErrors errors)
    {
        switch (text)
        {
            case null or "":
                return VersionMatch.Unset;
            case "Exact":
                return VersionMatch.Exact;
            case "NotOlderThan":
                return VersionMatch.NotOlderThan;
            default:
                errors.NotSupported(FieldPath.Of("resourceVersionMatch"), text, "Exact", "NotOlderThan", "");
                return VersionMatch.Unset;
        }
    }

    private static int ReadInt(IQueryCollection query, string name)
    {
        var text = query[name].ToString();
        if (text.Length == 0)
            return 0;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? (int)Math.Clamp(value, 0, int.MaxValue)
            : throw ApiErrors.BadRequest($"strconv.ParseInt: parsing \"{text}\": invalid syntax");
    }
}

/// <summary>Where the next page of a list begins, and as of which revision.</summary>
/// <param name="Path">The last path that was returned.</param>
internal sealed record ContinueToken(long Revision, string Path)
{
    /// <exception cref="Api.Errors.ApiException">400: not one of our tokens.</exception>
    public static ContinueToken Parse(string text)
    {
        try
        {
            var reader = JsonDocument.Parse(Base64Url.DecodeFromChars(text)).RootElement;
            var token = new ContinueToken(reader.GetProperty("rv").GetInt64(), reader.GetProperty("after").GetString() ?? "");
            // Revision 0 would be another moment for each portion that is read.
            return token.Revision > 0 ? token : throw new FormatException();
        }
        catch (Exception error) when (error is FormatException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw ApiErrors.BadRequest("continue key is not valid: the token was not made by this server");
        }
    }

    public override string ToString()
    {
        var path = JsonEncodedText.Encode(Path);
        return Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes($"{{\"v\":\"meta.k8s.io/v1\",\"rv\":{Revision},\"after\":\"{path}\"}}"));
    }
}
