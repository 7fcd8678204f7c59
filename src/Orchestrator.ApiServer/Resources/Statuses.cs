using Orchestrator.Api.Meta.V1;
using Orchestrator.Api.Serialization;
using Orchestrator.ApiServer.Registry;

namespace Orchestrator.ApiServer.Resources;

/// <summary>Answers of creates that make no object of their own.</summary>
internal static class Statuses
{
    private static readonly byte[] SuccessJson = ApiJson.Serialize(new Status
    {
        ApiVersion = "v1", Kind = "Status", Metadata = new ListMeta(), StatusValue = "Success", Code = 201,
    });

    public static CreateResult Created => new(new ApiObject(SuccessJson));

    public static CreateResult Answer<T>(T body) => new(new ApiObject(ApiJson.Serialize(body)));
}
