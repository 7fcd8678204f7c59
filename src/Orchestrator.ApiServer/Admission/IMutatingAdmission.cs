namespace Orchestrator.ApiServer.Admission;

/// <summary>Changes writes before they are validated and stored. Runs in registration order; must be idempotent. Called concurrently.</summary>
public interface IMutatingAdmission
{
    /// <summary>As in Kubernetes, e.g. "ServiceAccount"; occurs in messages and metrics.</summary>
    string Name { get; }

    /// <summary>Cheap test before anything else is prepared.</summary>
    bool Handles(AdmissionAttributes attributes);

    /// <exception cref="Api.Errors.ApiException">The write is refused.</exception>
    ValueTask AdmitAsync(AdmissionAttributes attributes, CancellationToken cancellationToken);
}
