using System.Text.Json.Nodes;

namespace Orchestrator.ApiServer.Tests;

/// <summary>Reads a watch event by event.</summary>
internal sealed class WatchReader : IDisposable
{
    private readonly HttpResponseMessage response;
    private readonly StreamReader lines;

    private WatchReader(HttpResponseMessage response, Stream stream)
    {
        this.response = response;
        lines = new StreamReader(stream);
    }

    public static async Task<WatchReader> OpenAsync(TestApiServer server, string pathAndQuery)
    {
        var response = await server.Http.GetAsync(pathAndQuery, HttpCompletionOption.ResponseHeadersRead);
        Assert.That(response.IsSuccessStatusCode, Is.True, pathAndQuery);
        return new WatchReader(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The next event as "ADDED name", or null at the end.</summary>
    public async Task<string?> NextAsync() => await ReadAsync() is { } next ? $"{next["type"]} {next["object"]!["metadata"]?["name"]}".TrimEnd() : null;

    public async Task<JsonNode?> ReadAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        return await lines.ReadLineAsync(limit.Token) is { } line ? JsonNode.Parse(line) : null;
    }

    public void Dispose()
    {
        lines.Dispose();
        response.Dispose();
    }
}
