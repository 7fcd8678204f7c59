using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Tables;
using Orchestrator.ApiServer.Validation;
using CoreEvent = Orchestrator.Api.Core.V1.Event;
using NewEvent = Orchestrator.Api.Events.V1.Event;

namespace Orchestrator.ApiServer.Resources.Core.Events;

/// <summary>Events, in the core group and in events.k8s.io: the same objects under two faces.</summary>
internal static class EventResource
{
    /// <summary>kube-apiserver's --event-ttl.</summary>
    private static readonly TimeSpan TimeToLive = TimeSpan.FromHours(1);

    public static ResourceDefinition Core { get; } = ResourceDefinition.For<CoreEvent>() with
    {
        Strategy = new CoreEventStrategy(),
        TimeToLive = TimeToLive,
        Columns = ColumnsOf<CoreEvent>(one => one),
        SelectableFields =
        [
            new SelectableField("involvedObject.kind"), new SelectableField("involvedObject.namespace"), new SelectableField("involvedObject.name"),
            new SelectableField("involvedObject.uid"), new SelectableField("involvedObject.apiVersion"),
            new SelectableField("involvedObject.resourceVersion"), new SelectableField("involvedObject.fieldPath"), new SelectableField("reason"),
            new SelectableField("reportingComponent"), new SelectableField("source", "", Source), new SelectableField("type"),
        ],
    };

    public static ResourceDefinition New { get; } = ResourceDefinition.For<NewEvent>() with
    {
        Strategy = new NewEventStrategy(),
        TimeToLive = TimeToLive,
        Columns = ColumnsOf<NewEvent>(EventForms.ToCore),
        StoredAs = Core.Resource,
        Converter = new EventForms(),
        SelectableFields =
        [
            new SelectableField("regarding.kind"), new SelectableField("regarding.namespace"), new SelectableField("regarding.name"),
            new SelectableField("regarding.uid"), new SelectableField("reason"), new SelectableField("reportingController"), new SelectableField("type"),
        ],
    };

    private static string Source(ApiObject item) => item.As<CoreEvent>() is var one && one.Source?.Component is { Length: > 0 } component
        ? component : item.As<CoreEvent>().ReportingComponent ?? "";

    private static IReadOnlyList<Column> ColumnsOf<T>(Func<T, CoreEvent> core)
        where T : Api.KubernetesObject =>
    [
        Column.Of<T>("Last Seen", "string", 0, (one, now) => HumanDuration.Since(LastSeen(core(one)), now), "When it happened last."),
        Column.Of<T>("Type", "string", 0, one => core(one).Type, "Normal or Warning."),
        Column.Of<T>("Reason", "string", 0, one => core(one).Reason, "What happened, in one word."),
        Column.Of<T>("Object", "string", 0, one => ObjectText(core(one)), "What it happened to."),
        Column.Of<T>("Subobject", "string", 1, one => core(one).InvolvedObject?.FieldPath ?? ""),
        Column.Of<T>("Source", "string", 1, one => SourceText(core(one))),
        Column.Of<T>("Message", "string", 0, one => (core(one).Message ?? "").Trim(), "What happened."),
        Column.Of<T>("First Seen", "string", 1, (one, now) => HumanDuration.Since(FirstSeen(core(one)), now)),
        Column.Of<T>("Count", "string", 1, one => $"{Count(core(one))}"),
        Column.NameColumn with { Priority = 1 },
    ];

    private static DateTimeOffset? FirstSeen(CoreEvent one) => one.FirstTimestamp ?? one.EventTime;

    private static DateTimeOffset? LastSeen(CoreEvent one) => one.Series is { LastObservedTime: { } observed } ? observed : one.LastTimestamp ?? FirstSeen(one);

    private static int Count(CoreEvent one) => one.Series?.Count ?? (one.Count is null or 0 ? 1 : one.Count.Value);

    private static string ObjectText(CoreEvent one)
    {
        var kind = (one.InvolvedObject?.Kind ?? "").ToLowerInvariant();
        var name = one.InvolvedObject?.Name ?? "";
        return name.Length == 0 ? kind : $"{kind}/{name}";
    }

    private static string SourceText(CoreEvent one)
    {
        var component = one.Source?.Component is { Length: > 0 } given ? given : one.ReportingComponent ?? "";
        var host = one.Source?.Host is { Length: > 0 } source ? source : one.ReportingInstance ?? "";
        return host.Length == 0 ? component : $"{component}, {host}";
    }
}

/// <summary>Events of the core group: lenient, as old clients expect.</summary>
internal sealed class CoreEventStrategy : ResourceStrategy<CoreEvent>
{
    public override bool AllowsCreateOnUpdate => true;

    protected override void Validate(CoreEvent item, FieldErrors errors) =>
        EventRules.CheckNamespace(item.Metadata.Namespace, item.InvolvedObject?.Namespace, "involvedObject", errors);
}

/// <summary>Events of events.k8s.io: complete from the start.</summary>
internal sealed class NewEventStrategy : ResourceStrategy<NewEvent>
{
    public override bool AllowsCreateOnUpdate => true;

    protected override void Validate(NewEvent item, FieldErrors errors)
    {
        EventRules.CheckNamespace(item.Metadata.Namespace, item.Regarding?.Namespace, "regarding", errors);
        // Events written through the core group may lack all of this and must stay readable and patchable.
        if (item.EventTime is null)
            return;
        if (string.IsNullOrEmpty(item.ReportingController))
            errors.Required(FieldPath.Of("reportingController"));
        else
            LabelRules.CheckQualifiedName(item.ReportingController, FieldPath.Of("reportingController"), errors);
        if (string.IsNullOrEmpty(item.ReportingInstance))
            errors.Required(FieldPath.Of("reportingInstance"));
        else if (item.ReportingInstance.Length > 128)
            errors.Invalid(FieldPath.Of("reportingInstance"), "", "can have at most 128 characters");
        if (string.IsNullOrEmpty(item.Action))
            errors.Required(FieldPath.Of("action"));
        if (string.IsNullOrEmpty(item.Reason))
            errors.Required(FieldPath.Of("reason"));
        if (item.Note?.Length > 1024)
            errors.Invalid(FieldPath.Of("note"), "", "can have at most 1024 characters");
        if (item.Type is not ("Normal" or "Warning"))
            errors.Invalid(FieldPath.Of("type"), "", $"has invalid value: {item.Type}");
    }

    public override void ValidateCreate(Http.RequestContext context, ApiObject item, FieldErrors errors)
    {
        base.ValidateCreate(context, item, errors);
        if (item.As<NewEvent>().EventTime is null)
            errors.Required(FieldPath.Of("eventTime"));
    }
}

internal static class EventRules
{
    /// <summary>An event lives beside what it is about; events about cluster-scoped objects live in default.</summary>
    public static void CheckNamespace(string? own, string? about, string field, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(about))
        {
            if (own is not ("default" or "kube-system"))
                errors.Invalid(FieldPath.Of(field).Child("namespace"), about ?? "", "does not match event.namespace");
        }
        else if (about != own)
            errors.Invalid(FieldPath.Of(field).Child("namespace"), about, "does not match event.namespace");
    }
}
