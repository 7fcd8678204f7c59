using System.Buffers.Text;
using System.Text;
using Orchestrator.ApiServer.Authentication.Tokens;

namespace Orchestrator.ApiServer.Tests.Authentication;

public sealed class TokenTests
{
    private const string Namespace = "/api/v1/namespaces/default";
    private ClusterServer server = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        server = await ClusterServer.StartAsync();
        await server.PostAsync($"{Namespace}/serviceaccounts", Bodies.ServiceAccount("default"));
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await server.DisposeAsync();

    [Test]
    public async Task Token_OfAServiceAccount_IsThatUser()
    {
        var token = await TokenAsync("default", "{}");
        var who = await server.PostAsync("/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}", token);

        Assert.That(who.Json["status"]!["userInfo"]!["username"]!.GetValue<string>(), Is.EqualTo("system:serviceaccount:default:default"));
        Assert.That(who.Json["status"]!["userInfo"]!["groups"]!.ToJsonString(),
            Is.EqualTo("""["system:serviceaccounts","system:serviceaccounts:default","system:authenticated"]"""));
    }

    [Test]
    public async Task Token_BoundToAPod_EndsWithIt()
    {
        var uid = (await server.PostAsync($"{Namespace}/pods", Bodies.Pod("bound"))).Json["metadata"]!["uid"]!.GetValue<string>();
        var token = await TokenAsync("default", $$$"""{"boundObjectRef":{"apiVersion":"v1","kind":"Pod","name":"bound","uid":"{{{uid}}}"}}""");
        var review = await ReviewAsync(token);
        Assert.That(review["user"]!["extra"]!["authentication.kubernetes.io/pod-name"]![0]!.GetValue<string>(), Is.EqualTo("bound"));

        await server.DeleteAsync($"{Namespace}/pods/bound");
        await ClusterServer.EventuallyAsync(async () => (await ReviewAsync(token))["authenticated"] is null);
        Assert.That((await server.GetAsync("/api", token)).Code, Is.EqualTo(401));
    }

    [Test]
    public async Task Token_ForAnotherAudience_IsNotForThisServer()
    {
        var token = await TokenAsync("default", """{"audiences":["vault"]}""");

        Assert.That((await server.GetAsync("/api", token)).Code, Is.EqualTo(401));
        var review = await server.PostAsync("/apis/authentication.k8s.io/v1/tokenreviews", $$$"""{"spec":{"token":"{{{token}}}","audiences":["vault","other"]}}""");
        Assert.That(review.Json["status"]!["audiences"]!.ToJsonString(), Is.EqualTo("""["vault"]"""));
    }

    [Test]
    public async Task Token_AfterItsAccountIsMadeAnew_IsNotValid()
    {
        await server.PostAsync($"{Namespace}/serviceaccounts", Bodies.ServiceAccount("anew"));
        var token = await TokenAsync("anew", "{}");
        await server.DeleteAsync($"{Namespace}/serviceaccounts/anew");
        await server.PostAsync($"{Namespace}/serviceaccounts", Bodies.ServiceAccount("anew"));

        await ClusterServer.EventuallyAsync(async () => (await ReviewAsync(token))["error"]?.GetValue<string>() == "service account has been deleted");
    }

    [Test]
    public async Task TokenRequest_TooShortALife_IsRefused()
    {
        var answer = await server.PostAsync($"{Namespace}/serviceaccounts/default/token", """{"spec":{"expirationSeconds":60}}""");

        Assert.That(answer.Code, Is.EqualTo(422));
        Assert.That(answer.Message, Does.Contain("spec.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes"));
    }

    [Test]
    public async Task Discovery_OfTheIssuer_ServesTheKeyThatSigned()
    {
        var token = await TokenAsync("default", "{}");
        var header = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token.Split('.')[0]));
        var keys = await server.GetAsync("/openid/v1/jwks");
        var configuration = await server.GetAsync("/.well-known/openid-configuration");

        Assert.That(header, Does.Contain(keys.Json["keys"]![0]!["kid"]!.GetValue<string>()));
        Assert.That(configuration.Json["issuer"]!.GetValue<string>(), Is.EqualTo("https://kubernetes.default.svc.cluster.local"));
    }

    [Test]
    public void WebToken_ChangedOrOfAnotherKey_IsNotAccepted()
    {
        using var keys = SigningKeys.Create();
        using var others = SigningKeys.Create();
        var token = WebToken.Sign(keys.Signer, "{\"a\":1}"u8.ToArray());
        var parts = token.Split('.');
        var forged = $"{parts[0]}.{Base64Url.EncodeToString("{\"a\":2}"u8)}.{parts[2]}";
        var unsigned = $"{Base64Url.EncodeToString("{\"alg\":\"none\"}"u8)}.{parts[1]}.";

        Assert.Multiple(() =>
        {
            Assert.That(WebToken.Verify(keys, token), Is.EqualTo("{\"a\":1}"u8.ToArray()));
            Assert.That(WebToken.Verify(others, token), Is.Null);
            Assert.That(WebToken.Verify(keys, forged), Is.Null);
            Assert.That(WebToken.Verify(keys, unsigned), Is.Null);
            Assert.That(WebToken.Verify(keys, "a.b"), Is.Null);
            Assert.That(WebToken.Verify(keys, "###.b.c"), Is.Null);
        });
    }

    [Test]
    public void SigningKeys_AfterRotation_VerifyOldAndSignNew()
    {
        var directory = Directory.CreateTempSubdirectory("orc-keys-").FullName;
        try
        {
            using var first = SigningKeys.LoadOrCreate(directory);
            var token = WebToken.Sign(first.Signer, "{}"u8.ToArray());
            using var second = SigningKeys.Rotate(directory, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

            Assert.That(second.Signer.Id, Is.Not.EqualTo(first.Signer.Id));
            Assert.That(WebToken.Verify(second, token), Is.Not.Null);
            Assert.That(File.GetUnixFileMode(Directory.GetFiles(directory)[0]), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private async Task<string> TokenAsync(string account, string spec)
    {
        var answer = await server.PostAsync($"{Namespace}/serviceaccounts/{account}/token", $$$"""{"spec":{{{spec}}}}""");
        Assert.That(answer.Code, Is.EqualTo(201), answer.Text);
        var token = answer.Json["status"]!["token"]!.GetValue<string>();
        return token;
    }

    private async Task<System.Text.Json.Nodes.JsonNode> ReviewAsync(string token) =>
        (await server.PostAsync("/apis/authentication.k8s.io/v1/tokenreviews", $$$"""{"spec":{"token":"{{{token}}}"}}""")).Json["status"]!;
}
