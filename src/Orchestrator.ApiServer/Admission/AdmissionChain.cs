using System.Text.Json.Nodes;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Registry;

namespace Orchestrator.ApiServer.Admission;

/// <summary>All admission of a server, in order.</summary>
internal sealed class AdmissionChain(IReadOnlyList<IMutatingAdmission> mutating, IReadOnlyList<IValidatingAdmission> validating)
{
    /// <returns>Whether any step may have changed the object.</returns>
    public async ValueTask<bool> MutateAsync(AdmissionAttributes attributes, CancellationToken cancellationToken)
    {
        var handled = false;
        foreach (var step in mutating)
        {
            if (!step.Handles(attributes))
                continue;
            await step.AdmitAsync(attributes, cancellationToken);
            attributes.Object?.Changed();
            handled = true;
        }

        return handled;
    }

    public async ValueTask ValidateAsync(AdmissionAttributes attributes, CancellationToken cancellationToken)
    {
        foreach (var step in validating)
        {
            if (step.Handles(attributes))
                await step.ValidateAsync(attributes, cancellationToken);
        }
    }

    public static AdmissionAttributes Attributes(
        RequestContext context, AdmissionOperation operation, ResourceDefinition definition, string subresource,
        string @namespace, string name, ApiObject? item, ApiObject? old, JsonObject? options = null) => new()
        {
            Context = context,
            Operation = operation,
            Definition = definition,
            Subresource = subresource,
            Namespace = @namespace,
            Name = name,
            Object = item,
            OldObject = old,
            DryRun = context.DryRun,
            Options = options,
        };
}
