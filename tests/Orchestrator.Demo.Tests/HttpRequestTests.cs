using System.Text;
using Orchestrator.Demo.Http;

namespace Orchestrator.Demo.Tests;

[TestFixture]
internal sealed class HttpRequestTests
{
    [Test]
    public void Parse_RequestWithQuery_GivesItsParts()
    {
        var request = Parse("POST /api/cpu?seconds=5&x=a%20b+c&flag HTTP/1.1\r\nHost: x\r\nACCEPT: text/html,*/*\r\n\r\n")!;

        Assert.Multiple(() =>
        {
            Assert.That((request.Method, request.Path), Is.EqualTo(("POST", "/api/cpu")));
            Assert.That(request.Query, Is.EquivalentTo(new Dictionary<string, string> { ["seconds"] = "5", ["x"] = "a b c", ["flag"] = "" }));
            Assert.That(request.WantsHtml, Is.True);
        });
    }

    [TestCase("")]
    [TestCase("GET\r\n\r\n")]
    [TestCase("GET / HTTP/2.0\r\n\r\n")]
    [TestCase("GET http://x/ HTTP/1.1\r\n\r\n")]
    [TestCase("GET / HTTP/1.1\r\nno colon\r\n\r\n")]
    [TestCase("GET / HTTP/1.1\r\nbad name: x\r\n\r\n")]
    public void Parse_NoRequest_GivesNull(string text) => Assert.That(Parse(text), Is.Null);

    private static HttpRequest? Parse(string text) => HttpRequest.Parse(Encoding.Latin1.GetBytes(text));
}
