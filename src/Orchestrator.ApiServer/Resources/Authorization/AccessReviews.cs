using Orchestrator.Api;
using Orchestrator.Api.Authorization.V1;
using Orchestrator.ApiServer.Authentication;
using Orchestrator.ApiServer.Authorization;
using Orchestrator.ApiServer.Authorization.Rbac;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Resources.Authorization;

/// <summary>The kinds of authorization.k8s.io, none of which is stored: may somebody do something?</summary>
internal static class AuthorizationResources
{
    public static IReadOnlyList<ResourceDefinition> All(RbacIndex rbac) =>
    [
        ResourceDefinition.ForReview<LocalSubjectAccessReview>(new LocalSubjectAccessReviewHandler()),
        ResourceDefinition.ForReview<SelfSubjectAccessReview>(new SelfSubjectAccessReviewHandler()),
        ResourceDefinition.ForReview<SelfSubjectRulesReview>(new SelfSubjectRulesReviewHandler(rbac)),
        ResourceDefinition.ForReview<SubjectAccessReview>(new SubjectAccessReviewHandler()),
    ];
}

internal sealed class SubjectAccessReviewHandler : ICreateHandler
{
    public async ValueTask<CreateResult> CreateAsync(RequestContext context, ApiObject body, CancellationToken cancellationToken)
    {
        var review = body.As<SubjectAccessReview>();
        var spec = review.Spec ?? new SubjectAccessReviewSpec();
        AccessReview.Validate(ResourceOf<SubjectAccessReview>.Kind, spec);
        return Statuses.Answer(review with { Status = await AccessReview.DecideAsync(context, AccessReview.UserOf(spec), spec, cancellationToken) });
    }
}

internal sealed class LocalSubjectAccessReviewHandler : ICreateHandler
{
    public async ValueTask<CreateResult> CreateAsync(RequestContext context, ApiObject body, CancellationToken cancellationToken)
    {
        var review = body.As<LocalSubjectAccessReview>();
        var spec = review.Spec ?? new SubjectAccessReviewSpec();
        AccessReview.Validate(ResourceOf<LocalSubjectAccessReview>.Kind, spec);
        if (spec.NonResourceAttributes is not null)
            throw ApiErrors.BadRequest("spec.nonResourceAttributes: Invalid value: disallowed on this kind of request");
        if (spec.ResourceAttributes?.Namespace != context.Info.Namespace)
            throw ApiErrors.BadRequest($"spec.resourceAttributes.namespace must match namespace: {context.Info.Namespace}");
        return Statuses.Answer(review with { Status = await AccessReview.DecideAsync(context, AccessReview.UserOf(spec), spec, cancellationToken) });
    }
}

internal sealed class SelfSubjectAccessReviewHandler : ICreateHandler
{
    public async ValueTask<CreateResult> CreateAsync(RequestContext context, ApiObject body, CancellationToken cancellationToken)
    {
        var review = body.As<SelfSubjectAccessReview>();
        var spec = new SubjectAccessReviewSpec
        {
            ResourceAttributes = review.Spec?.ResourceAttributes, NonResourceAttributes = review.Spec?.NonResourceAttributes, User = context.User.Name,
        };
        AccessReview.Validate(ResourceOf<SelfSubjectAccessReview>.Kind, spec);
        return Statuses.Answer(review with { Status = await AccessReview.DecideAsync(context, context.User, spec, cancellationToken) });
    }
}

/// <summary>SelfSubjectRulesReview: what may I do here? (<c>kubectl auth can-i --list</c>)</summary>
internal sealed class SelfSubjectRulesReviewHandler(RbacIndex rbac) : ICreateHandler
{
    public ValueTask<CreateResult> CreateAsync(RequestContext context, ApiObject body, CancellationToken cancellationToken)
    {
        var review = body.As<SelfSubjectRulesReview>();
        if (review.Spec?.Namespace is not { Length: > 0 } @namespace)
            throw ApiErrors.BadRequest("no namespace on request");
        var resources = new List<ResourceRule>();
        var paths = new List<NonResourceRule>();
        if (context.User.IsInGroup(MastersAuthorizer.Group))
        {
            resources.Add(new ResourceRule { Verbs = ["*"], ApiGroups = ["*"], Resources = ["*"] });
            paths.Add(new NonResourceRule { Verbs = ["*"], NonResourceURLs = ["*"] });
        }

        foreach (var rule in rbac.RulesFor(context.User, @namespace).SelectMany(applied => applied.Rules))
        {
            if (rule.NonResourceURLs is { Count: > 0 })
                paths.Add(new NonResourceRule { Verbs = rule.Verbs, NonResourceURLs = rule.NonResourceURLs });
            else
                resources.Add(new ResourceRule { Verbs = rule.Verbs, ApiGroups = rule.ApiGroups, Resources = rule.Resources, ResourceNames = rule.ResourceNames });
        }

        // The node authorizer's answers depend on what runs where and cannot be listed.
        var isIncomplete = Orchestrator.ApiServer.Authorization.Nodes.NodeIdentity.IsNode(context.User, out _);
        return new(Statuses.Answer(review with
        {
            Status = new SubjectRulesReviewStatus
            {
                ResourceRules = resources, NonResourceRules = paths, Incomplete = isIncomplete,
                EvaluationError = isIncomplete ? "node authorizer does not support user rule resolution" : null,
            },
        }));
    }
}

internal static class AccessReview
{
    public static void Validate(GroupVersionKind kind, SubjectAccessReviewSpec spec)
    {
        var errors = new FieldErrors();
        var path = FieldPath.Of("spec");
        if (spec.ResourceAttributes is not null && spec.NonResourceAttributes is not null)
            errors.Invalid(path.Child("nonResourceAttributes"), "", "cannot be specified in combination with resourceAttributes");
        if (spec.ResourceAttributes is null && spec.NonResourceAttributes is null)
            errors.Invalid(path.Child("resourceAttributes"), null, "exactly one of nonResourceAttributes or resourceAttributes must be specified");
        if (string.IsNullOrEmpty(spec.User) && spec.Groups is not { Count: > 0 })
            errors.Invalid(path.Child("user"), "", "at least one of user or group must be specified");
        if (errors.Count > 0)
            throw ApiErrors.Invalid(kind, "", errors);
    }

    public static UserInfo UserOf(SubjectAccessReviewSpec spec) =>
        new(spec.User ?? "", spec.Uid ?? "", spec.Groups ?? [], spec.Extra ?? new Dictionary<string, IReadOnlyList<string>>());

    public static async ValueTask<SubjectAccessReviewStatus> DecideAsync(
        RequestContext context, UserInfo user, SubjectAccessReviewSpec spec, CancellationToken cancellationToken)
    {
        var result = await context.Server.Authorizer.AuthorizeAsync(AttributesOf(user, spec), cancellationToken);
        return new SubjectAccessReviewStatus
        {
            Allowed = result.Decision == AuthorizationDecision.Allow,
            Denied = result.Decision == AuthorizationDecision.Deny ? true : null,
            Reason = result.Reason.Length == 0 ? null : result.Reason,
        };
    }

    private static AuthorizationAttributes AttributesOf(UserInfo user, SubjectAccessReviewSpec spec) => spec.ResourceAttributes is { } resource
        ? new AuthorizationAttributes
        {
            User = user, Verb = resource.Verb ?? "", Group = resource.Group ?? "", Version = resource.Version is { Length: > 0 } version ? version : "*",
            Resource = resource.Resource ?? "", Subresource = resource.Subresource ?? "", Namespace = resource.Namespace ?? "", Name = resource.Name ?? "",
            FieldSelector = resource.FieldSelector?.RawSelector ?? "", LabelSelector = resource.LabelSelector?.RawSelector ?? "",
        }
        : new AuthorizationAttributes
        {
            User = user, Verb = spec.NonResourceAttributes?.Verb ?? "", IsResourceRequest = false, Path = spec.NonResourceAttributes?.Path ?? "",
        };
}
