namespace Orchestrator.ApiServer.Tests;

/// <summary>Bodies of requests, small and valid.</summary>
internal static class Bodies
{
    public static string Pod(string name, string extra = "") =>
        $$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}"},"spec":{"containers":[{"name":"main","image":"app:1"}]{{{extra}}}}}""";

    public static string Service(string name, string spec) =>
        $$$"""{"apiVersion":"v1","kind":"Service","metadata":{"name":"{{{name}}}"},"spec":{{{spec}}}}""";

    public static string Deployment(string name, string label = "web", string extra = "") => $$$"""
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"{{{name}}}"},"spec":{"selector":{"matchLabels":{"app":"web"}},
        "template":{"metadata":{"labels":{"app":"{{{label}}}"}},"spec":{"containers":[{"name":"main","image":"app:1"}]}}{{{extra}}}}}
        """;

    public static string Node(string name) => $$$"""
        {"apiVersion":"v1","kind":"Node","metadata":{"name":"{{{name}}}"},"status":{"capacity":{"cpu":"2","memory":"4Gi","pods":"110"},
        "addresses":[{"type":"InternalIP","address":"127.0.0.1"}]}}
        """;

    public static string ServiceAccount(string name) => $$$"""{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"{{{name}}}"}}""";

    public static string Namespace(string name, string labels = "{}") => $$$"""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"{{{name}}}","labels":{{{labels}}}}}""";

    public static string Binding(string pod, string node) =>
        $$$"""{"apiVersion":"v1","kind":"Binding","metadata":{"name":"{{{pod}}}"},"target":{"kind":"Node","name":"{{{node}}}"}}""";
}
