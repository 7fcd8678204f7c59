namespace Orchestrator.Kubelet.Objects;

/// <summary>Reads the ConfigMaps and Secrets that pods of this node refer to.</summary>
internal interface IObjectReader
{
    /// <summary>The object in its latest known state, or null when it does not exist.</summary>
    /// <exception cref="Api.Errors.ApiException">The server refused or could not be reached.</exception>
    ValueTask<T?> FindAsync<T>(string @namespace, string name, CancellationToken cancellationToken)
        where T : KubernetesObject;
}
