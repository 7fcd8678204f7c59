namespace Orchestrator.ApiServer.Tests.Authentication;

public sealed class ImpersonationTests
{
    private const string Review = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    private ClusterServer server = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => server = await ClusterServer.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await server.DisposeAsync();

    [Test]
    public async Task Impersonate_ByAnAdmin_ActsAsTheOther()
    {
        var answer = await server.SendAsync("POST", Review, "{}", "admin", false, ("Impersonate-User", "carol"), ("Impersonate-Group", "staff"));

        Assert.That(answer.Json["status"]!["userInfo"]!["username"]!.GetValue<string>(), Is.EqualTo("carol"));
        Assert.That(answer.Json["status"]!["userInfo"]!["groups"]!.ToJsonString(), Is.EqualTo("""["staff","system:authenticated"]"""));
    }

    [Test]
    public async Task Impersonate_AServiceAccount_HasItsGroups()
    {
        var answer = await server.SendAsync("POST", Review, "{}", "admin", false, ("Impersonate-User", "system:serviceaccount:ns:sa"));

        Assert.That(answer.Json["status"]!["userInfo"]!["groups"]!.ToJsonString(), Does.Contain("system:serviceaccounts:ns"));
    }

    [Test]
    public async Task Impersonate_WithoutTheRight_IsForbidden()
    {
        var answer = await server.SendAsync("POST", Review, "{}", "bob", false, ("Impersonate-User", "admin"));

        Assert.That(answer.Code, Is.EqualTo(403));
        Assert.That(answer.Message, Is.EqualTo("users \"admin\" is forbidden: User \"bob\" cannot impersonate resource \"users\" in API group \"\" at the cluster scope"));
    }

    [TestCase("/version", 200)]
    [TestCase("/healthz", 200)]
    [TestCase("/api/v1/pods", 401)]
    public async Task Anonymous_SeesHealthAndVersionOnly(string path, int code)
    {
        var answer = await server.GetAsync(path, "");

        Assert.That(answer.Code, Is.EqualTo(code).Or.EqualTo(code == 401 ? 403 : code));
    }

    [Test]
    public async Task WrongToken_IsUnauthorizedEverywhere()
    {
        Assert.That((await server.GetAsync("/version", "nobody")).Code, Is.EqualTo(401));
    }
}
