using Microsoft.Extensions.Logging;
using Orchestrator.ApiServer.Admission;
using Orchestrator.ApiServer.Admission.PodSecurity;
using Orchestrator.ApiServer.Audit;
using Orchestrator.ApiServer.Authentication;
using Orchestrator.ApiServer.Authentication.Tokens;
using Orchestrator.ApiServer.Authorization;
using Orchestrator.ApiServer.Authorization.Nodes;
using Orchestrator.ApiServer.Authorization.Rbac;
using Orchestrator.ApiServer.Bootstrap;
using Orchestrator.ApiServer.Encryption;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Resources.Apps.ControllerRevisions;
using Orchestrator.ApiServer.Resources.Apps.Deployments;
using Orchestrator.ApiServer.Resources.Apps.ReplicaSets;
using Orchestrator.ApiServer.Resources.Authentication;
using Orchestrator.ApiServer.Resources.Authorization;
using Orchestrator.ApiServer.Resources.Coordination.Leases;
using Orchestrator.ApiServer.Resources.Core.ConfigMaps;
using Orchestrator.ApiServer.Resources.Core.EndpointsObjects;
using Orchestrator.ApiServer.Resources.Core.Events;
using Orchestrator.ApiServer.Resources.Core.Namespaces;
using Orchestrator.ApiServer.Resources.Core.Nodes;
using Orchestrator.ApiServer.Resources.Core.PersistentVolumeClaims;
using Orchestrator.ApiServer.Resources.Core.PersistentVolumes;
using Orchestrator.ApiServer.Resources.Core.Pods;
using Orchestrator.ApiServer.Resources.Core.PodTemplates;
using Orchestrator.ApiServer.Resources.Core.Secrets;
using Orchestrator.ApiServer.Resources.Core.ServiceAccounts;
using Orchestrator.ApiServer.Resources.Core.Services;
using Orchestrator.ApiServer.Resources.Discovery.EndpointSlices;
using Orchestrator.ApiServer.Resources.Rbac;
using Orchestrator.ApiServer.Streaming;
using Orchestrator.Client.Pki;

namespace Orchestrator.ApiServer.Hosting;

/// <summary>Composes a Kubernetes API server: every kind, who may come in, who may do what, and what a fresh cluster holds.</summary>
public static class ClusterComposition
{
    public static ApiServerComposition Of(ClusterOptions options, ILoggerFactory loggers) => server => Compose(server, options, loggers);

    private static ApiServerParts Compose(IApiServer server, ClusterOptions options, ILoggerFactory loggers)
    {
        var authorities = CertificateVerifier.ReadPem(options.AuthoritiesPem);
        var serviceAccounts = new ServiceAccountTokens(options.ServiceAccountKeys, options.Issuer, [options.Issuer], () => server.Reader, server.Time);
        var tokens = new BearerTokens(options.FixedTokens, serviceAccounts);
        var rbac = new RbacIndex(() => server.Reader);
        // Names of volumes and choices of endpoints: nothing that has to be hard to guess.
        var random = server.Options.RandomSeed is { } seed ? new Random(seed) : new Random(System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue));
        var namespaceLifecycle = new NamespaceLifecycleAdmission();
        return new ApiServerParts
        {
            Resources = Kinds(options, authorities, serviceAccounts, tokens, rbac, random, new NameGenerator(server.Options.RandomSeed), server.Time),
            Authenticators = [new Impersonation([new ClientCertificates(authorities, server.Time), tokens], () => server.Authorizer)],
            Authorizers = [new MastersAuthorizer(), new NodeAuthorizer(new NodeUsage(() => server.Reader)), new RbacAuthorizer(rbac)],
            MutatingAdmission =
            [
                namespaceLifecycle, new ServiceAccountAdmission(() => random), new TaintNodesByConditionAdmission(), new PriorityAdmission(),
                new DefaultTolerationSecondsAdmission(options.DefaultTolerationSeconds),
            ],
            ValidatingAdmission =
            [
                namespaceLifecycle, new NodeRestrictionAdmission(), new PodSecurityAdmission(), new RbacEscalationAdmission(rbac),
            ],
            Paths =
            [
                new KeySetPath(options.ServiceAccountKeys), new OpenIdConfigurationPath(options.Issuer),
                .. server.Store is EncryptingStore encrypting ? (IPathHandler[])[new EncryptionPath(encrypting)] : [],
            ],
            StartupTasks =
            [
                new BootstrapNamespaces(), new BootstrapRbac(), new ClusterRoleAggregator(loggers.CreateLogger<ClusterRoleAggregator>()),
                new KubernetesService(loggers.CreateLogger<KubernetesService>()), new AuthenticationConfigMap(options.AuthoritiesPem),
            ],
            Audit = options.AuditLogPath is { } path ? new AuditLog(path, loggers.CreateLogger<AuditLog>()) : null,
        };
    }

    private static IReadOnlyList<ResourceDefinition> Kinds(
        ClusterOptions options, System.Security.Cryptography.X509Certificates.X509Certificate2Collection authorities,
        ServiceAccountTokens serviceAccounts, BearerTokens tokens, RbacIndex rbac, Random random, NameGenerator names, TimeProvider time)
    {
        var kubelets = new KubeletConnector(options.KubeletClientCertificate, authorities, time);
        var pods = new PodConnector(time);
        return
        [
            PodResource.Bindings, ConfigMapResource.Definition, EndpointsResource.Definition, EventResource.Core, NamespaceResource.Definition,
            NodeResource.Definition(new NodeProxyHandler(kubelets)), PersistentVolumeClaimResource.Definition, PersistentVolumeResource.Definition,
            PodResource.Definition(kubelets, pods), PodTemplateResource.Definition, SecretResource.Definition,
            ServiceAccountResource.Definition(new TokenRequestHandler(serviceAccounts, names)), ServiceResource.Definition(new ServiceProxyHandler(pods, random)),
            ControllerRevisionResource.Definition, DeploymentResource.Definition, ReplicaSetResource.Definition,
            EventResource.New, AuthenticationResources.SelfSubjectReviews, AuthenticationResources.TokenReviews(tokens),
            .. AuthorizationResources.All(rbac),
            LeaseResource.Definition, EndpointSliceResource.Definition,
            RbacResources.ClusterRoleBindings, RbacResources.ClusterRoles, RbacResources.RoleBindings, RbacResources.Roles,
        ];
    }
}
