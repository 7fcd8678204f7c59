using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;

namespace Orchestrator.ApiServer.Tests.OpenApi;

/// <summary>The documents that kubectl explains and validates with.</summary>
internal sealed class OpenApiTests
{
    private const string AskedByKubectl = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

    private ClusterServer server = null!;
    private HttpClient http = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        server = await ClusterServer.StartAsync();
        http = new HttpClient { BaseAddress = server.Address };
        http.DefaultRequestHeaders.Add("Authorization", "Bearer admin");
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        http.Dispose();
        await server.DisposeAsync();
    }

    [Test]
    public async Task Version2_AsProtobuf_HoldsTheDefinitionsOfTheJsonForm()
    {
        var json = JsonNode.Parse(await http.GetStringAsync("/openapi/v2"))!;
        using var response = await GetAsync("/openapi/v2", AskedByKubectl);
        var document = Message.Parse(await response.Content.ReadAsByteArrayAsync());

        Assert.That(response.Content.Headers.ContentType!.ToString(), Is.EqualTo("application/com.github.proto-openapi.spec.v2.v1.0+protobuf"));
        Assert.That(document.Text(1), Is.EqualTo("2.0"));
        var definitions = document.Map(9, 1);
        Assert.That(definitions.Keys, Is.EquivalentTo(json["definitions"]!.AsObject().Select(one => one.Key)));
        var container = definitions["io.k8s.api.core.v1.Container"].Map(25, 1);
        Assert.That(container.Keys, Is.EquivalentTo(json["definitions"]!["io.k8s.api.core.v1.Container"]!["properties"]!.AsObject().Select(one => one.Key)));
        Assert.That(container["resources"].Text(1), Is.EqualTo("#/definitions/io.k8s.api.core.v1.ResourceRequirements"));
        Assert.That(container["command"].Nested(22).Text(1), Is.EqualTo("array"));
        Assert.That(container["command"].Nested(23).Nested(1).Nested(22).Text(1), Is.EqualTo("string"));
    }

    [Test]
    public async Task Version2_AsProtobuf_SaysWhichKindAndWhichParametersAPatchTakes()
    {
        using var response = await GetAsync("/openapi/v2", AskedByKubectl);
        var patch = Message.Parse(await response.Content.ReadAsByteArrayAsync()).Map(8, 2)["/api/v1/namespaces/{namespace}/configmaps/{name}"].Nested(8);

        var kind = patch.Pairs(13)["x-kubernetes-group-version-kind"].Text(2);
        var query = patch.All(8).Select(item => item.Nested(1)).Where(one => one.Has(2)).Select(one => one.Nested(2).Nested(3).Text(4));
        Assert.That(JsonNode.Parse(kind)!["kind"]!.GetValue<string>(), Is.EqualTo("ConfigMap"));
        Assert.That(query, Does.Contain("fieldValidation").And.Contain("dryRun"));
    }

    [Test]
    public async Task Version2_WithTheTagOfOneForm_IsUnchangedInThatFormOnly()
    {
        using var first = await GetAsync("/openapi/v2", AskedByKubectl);
        using var again = await GetAsync("/openapi/v2", AskedByKubectl, first.Headers.ETag!.ToString());
        using var json = await GetAsync("/openapi/v2", "application/json", first.Headers.ETag!.ToString());

        Assert.That(again.StatusCode, Is.EqualTo(HttpStatusCode.NotModified));
        Assert.That(json.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(first.Headers.Vary, Does.Contain("Accept"));
    }

    [Test]
    public async Task Version3_AsProtobufOfVersion2_IsNotAcceptable()
    {
        using var response = await GetAsync("/openapi/v3/api/v1", AskedByKubectl);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NotAcceptable));
    }

    [Test]
    public async Task Version3_DescriptionOfAField_IsNotThatOfItsType()
    {
        var repeated = new List<string>();
        foreach (var (_, entry) in JsonNode.Parse(await http.GetStringAsync("/openapi/v3"))!["paths"]!.AsObject())
        {
            var schemas = JsonNode.Parse(await http.GetStringAsync(entry!["serverRelativeURL"]!.GetValue<string>()))!["components"]!["schemas"]!.AsObject();
            foreach (var (name, schema) in schemas)
            {
                foreach (var (field, property) in schema!["properties"]?.AsObject() ?? [])
                {
                    var type = property!["allOf"]?[0]!["$ref"]?.GetValue<string>()["#/components/schemas/".Length..];
                    if (type is not null && schemas[type]!["description"]?.GetValue<string>() == property["description"]?.GetValue<string>())
                        repeated.Add($"{name}.{field}");
                }
            }
        }

        Assert.That(repeated, Is.Empty, "kubectl explain would show one sentence twice");
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string accept, string? tag = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (tag is not null)
            request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        return await http.SendAsync(request);
    }

    /// <summary>A protobuf message read without its definition: the values of each field number.</summary>
    private sealed class Message
    {
        private readonly Dictionary<int, List<byte[]>> fields = [];

        public static Message Parse(byte[] bytes)
        {
            var message = new Message();
            var input = new CodedInputStream(bytes);
            while (input.ReadTag() is var tag and not 0)
            {
                if (WireFormat.GetTagWireType(tag) != WireFormat.WireType.LengthDelimited)
                {
                    input.SkipLastField();
                    continue;
                }

                var field = WireFormat.GetTagFieldNumber(tag);
                if (!message.fields.TryGetValue(field, out var values))
                    message.fields[field] = values = [];
                values.Add(input.ReadBytes().ToByteArray());
            }

            return message;
        }

        public bool Has(int field) => fields.ContainsKey(field);

        public string Text(int field) => Encoding.UTF8.GetString(fields[field][0]);

        public Message Nested(int field) => Parse(fields[field][0]);

        public IEnumerable<Message> All(int field) => fields[field].Select(Parse);

        /// <summary>A map: pairs of name and value, in field <paramref name="entries"/> of the one message that is field <paramref name="field"/>.</summary>
        public Dictionary<string, Message> Map(int field, int entries) => Nested(field).Pairs(entries);

        public Dictionary<string, Message> Pairs(int field) => All(field).ToDictionary(one => one.Text(1), one => one.Nested(2));
    }
}
